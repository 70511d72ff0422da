/* SPDX-License-Identifier: GPL-2.0-or-later */
/* regtool add|remove FILE NAME: keeps FILE a sorted list of names without repeats. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 1024, LONGEST = 256 };

static char names[MOST][LONGEST];

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

int main(int argc, char **argv)
{
	size_t count = 0, written = 0;
	FILE *file;

	if (argc != 4 || (strcmp(argv[1], "add") && strcmp(argv[1], "remove")) || strlen(argv[3]) >= LONGEST) {
		fprintf(stderr, "usage: regtool add|remove FILE NAME\n");
		return 2;
	}
	file = fopen(argv[2], "r");
	while (file && count < MOST - 1 && fgets(names[count], LONGEST, file)) {
		names[count][strcspn(names[count], "\n")] = 0;
		if (strcmp(names[count], argv[3]))
			count++;
	}
	if (file)
		fclose(file);
	if (!strcmp(argv[1], "add"))
		strcpy(names[count++], argv[3]);
	qsort(names, count, LONGEST, compare);
	file = fopen(argv[2], "w");
	if (!file) {
		perror(argv[2]);
		return 1;
	}
	while (written < count)
		fprintf(file, "%s\n", names[written++]);
	return fclose(file) ? 1 : 0;
}
