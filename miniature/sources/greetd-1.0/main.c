/* SPDX-License-Identifier: GPL-2.0-or-later */
/* greetd NAME FILE: appends a greeting for NAME to FILE, now and every minute. */
#include <greet.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 3 || !freopen(argv[2], "a", stdout)) {
		fprintf(stderr, "usage: greetd NAME FILE\n");
		return 2;
	}
	for (;;) {
		greet_say("Hello", argv[1]);
		fflush(stdout);
		sleep(60);
	}
}
