/* tests/guest/pack.h - what pack.c tells the stub.  Lies 16 bytes into the stub; all addresses are RVAs. */
#ifndef PEWTER_TESTS_PACK_H
#define PEWTER_TESTS_PACK_H

#define PACK_PARAMETERS 16

struct pack_parameters {
	unsigned own_rva;    /* of this structure */
	unsigned target_rva; /* the empty section */
	unsigned packed_rva, runs;
	unsigned import_rva, entry_rva; /* of the original program */
	unsigned own_iat_rva;
};

enum { PACK_LOAD_LIBRARY, PACK_GET_PROC_ADDRESS, PACK_VIRTUAL_PROTECT, PACK_EXIT_PROCESS, PACK_IMPORTS };

#endif
