/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <greet.h>

int main(int argc, char **argv)
{
	greet_say("Good-bye", argc > 1 ? argv[1] : "world");
	return 0;
}
