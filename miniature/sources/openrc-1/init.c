/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first process: mounts what the kernel gives, starts the runlevels, keeps a console, reaps what dies.
 * SIGTERM or SIGUSR2 powers off, SIGINT reboots.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t asked;

static void note(int number)
{
	asked = number;
}

static pid_t start(char *const argv[])
{
	pid_t pid = fork();

	if (pid)
		return pid;
	setsid();
	execv(argv[0], argv);
	perror(argv[0]);
	_exit(127);
}

static void wait_for(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && !asked)
		;
}

static void runlevel(char *name)
{
	char *const argv[] = { "/sbin/openrc", name, NULL };

	wait_for(start(argv));
}

int main(void)
{
	char *const console[] = { "/bin/bash", "--login", NULL };
	struct sigaction action;
	pid_t shell = 0, dead;

	if (getpid() != 1) {
		fprintf(stderr, "init: this is for process 1\n");
		return 1;
	}
	mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", MS_NOSUID, "mode=0755");
	mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755");
	mount(NULL, "/", NULL, MS_REMOUNT, NULL);

	memset(&action, 0, sizeof(action));
	action.sa_handler = note;
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGUSR2, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	reboot(RB_DISABLE_CAD);

	runlevel("boot");
	runlevel("default");
	while (!asked) {
		if (!shell)
			shell = start(console);
		dead = wait(NULL);
		if (dead == shell)
			shell = 0;
		else if (dead < 0)
			sleep(1);
	}
	runlevel("shutdown");
	kill(-1, SIGTERM);
	sleep(1);
	kill(-1, SIGKILL);
	sync();
	mount(NULL, "/", NULL, MS_REMOUNT | MS_RDONLY, NULL);
	reboot(asked == SIGINT ? RB_AUTOBOOT : RB_POWER_OFF);
	return 0;
}
