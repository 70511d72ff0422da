/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GREET_H
#define GREET_H

#define GREET_VERSION "2.0"

/* Writes a greeting for NAME to standard output. */
void greet_say(const char *word, const char *name);

/* The version and the options of the library that is running. */
const char *greet_about(void);

#endif
