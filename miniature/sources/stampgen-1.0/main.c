/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Turns each NAME=value into a line: #define STAMP_NAME "value". */
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *value = strchr(argv[i], '=');

		if (!value) {
			fprintf(stderr, "stampgen: not NAME=value: %s\n", argv[i]);
			return 2;
		}
		printf("#define STAMP_%.*s \"", (int)(value - argv[i]), argv[i]);
		for (value++; *value; value++) {
			if (*value == '"' || *value == '\\')
				putchar('\\');
			putchar(*value);
		}
		puts("\"");
	}
	return 0;
}
