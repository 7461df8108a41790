/*
 * The terminal zonda runs in, and pseudo-terminals for the app.
 */
#ifndef ZONDA_PLATFORM_TERMINAL_H
#define ZONDA_PLATFORM_TERMINAL_H

#include <stdbool.h>

#include "base/err.h"

bool terminal_is_tty(int fd);
int terminal_columns(int fd); /* 80 where unknown */

/* Keys one by one without echo, ^C still a signal (termios(3): no ICANON, no ECHO, ISIG kept);
   output processing untouched. terminal_keys_off puts back what was there, is safe to call twice,
   and is also done at exit(3). Nothing happens where zonda is not in the foreground (tcgetpgrp(3)).
 */
int terminal_keys_on(int fd, struct err *err);
void terminal_keys_off(void);

/* A new pseudo-terminal with the size of the terminal at like_fd (or 80x24): the fd of the master
   (non-blocking, CLOEXEC) and of the slave (CLOEXEC), both the caller's. */
int terminal_open_pty(int like_fd, int *master, int *slave, struct err *err);
/* Passes the size of the terminal at like_fd on to the pty (on SIGWINCH). */
void terminal_copy_size(int like_fd, int master);

#endif
