/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

int main(void)
{
	/* The error is meant: "undeclared" is what a reader should find in the log. */
	printf("%d\n", undeclared_on_purpose);
	return 0;
}
