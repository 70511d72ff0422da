/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "greet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if COLOR
#define BEFORE "\033[32m"
#define AFTER "\033[0m"
#else
#define BEFORE ""
#define AFTER ""
#endif

static const char *translate(const char *word)
{
#if NLS
	const char *lang = getenv("LANG");

	if (lang && !strncmp(lang, "de", 2)) {
		if (!strcmp(word, "Hello"))
			return "Hallo";
		if (!strcmp(word, "Good-bye"))
			return "Auf Wiedersehen";
	}
#endif
	return word;
}

void greet_say(const char *word, const char *name)
{
	printf(BEFORE "%s, %s!" AFTER "\n", translate(word), name);
}

const char *greet_about(void)
{
	return "libgreet " GREET_VERSION " (" COLOR_WORD ", " NLS_WORD ")";
}
