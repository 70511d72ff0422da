/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stamp.h"

#include <greet.h>
#include <stdio.h>

#if POLITE
#define TITLE "dear "
#else
#define TITLE ""
#endif

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "world";
	char whole[256];

	snprintf(whole, sizeof(whole), TITLE "%s", name);
	greet_say("Hello", whole);
	printf("greet %s with %s, compiled for %s with %s\n", STAMP_VERSION, greet_about(), STAMP_COMPILED_AGAINST, STAMP_CFLAGS);
	return 0;
}
