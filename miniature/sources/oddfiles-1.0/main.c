/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints the ids it runs with: the real ones and the ones its file's mode gives it. */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	printf("real %d effective %d\n", (int)getuid(), (int)geteuid());
	return 0;
}
