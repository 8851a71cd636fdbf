/*
 * dlls/user32/user32.h - what the files of user32 share.
 */
#ifndef PEWTER_DLLS_USER32_H
#define PEWTER_DLLS_USER32_H

/* Frees the message queue of the calling thread. */
void user_thread_end(void);

#endif
