/* app/log.h: log lines of a service: to the journal where systemd runs it, else a line each on standard error with time,
 * level and domain. Debug lines only where G_MESSAGES_DEBUG asks for them. No line holds a secret or a victim's data: what may
 * go into one is decided where it is written. */
#pragma once

/* Once, in `comity serve`, before anything is logged. */
void log_start(void);
