/*
 * loader/exit_codes.h - what `pewter` returns when the guest has no exit code of its own.  loader/README.md has the
 * table for people.
 */
#ifndef PEWTER_LOADER_EXIT_CODES_H
#define PEWTER_LOADER_EXIT_CODES_H

enum loader_exit {
	LOADER_EXIT_USAGE = 120,     /* bad options */
	LOADER_EXIT_HOST = 121,      /* the host failed: no memory, no address space, not a directory */
	LOADER_EXIT_CRASH = 122,     /* an exception that the guest did not handle */
	LOADER_EXIT_MISSING = 123,   /* a function was called that nobody provides */
	LOADER_EXIT_MACHINE = 124,   /* a PE for another machine, 32-bit ones among them */
	LOADER_EXIT_NOT_PE = 125,    /* not a PE file at all */
	LOADER_EXIT_FORMAT = 126,    /* a PE, but against the rules; or a DLL that it needs is, or is not there */
	LOADER_EXIT_NOT_FOUND = 127, /* the program's file is not there */
};

/* When not 0: the code to end with, whatever the guest's is. */
extern int loader_exit_code;

#endif
