/*
 * ntdll/cm/regf.h - hive files, as Windows writes and reads them: "regf", bins of 4 KiB, cells.  Inside the room.
 *
 * Public source: M. Suhanov, "Windows registry file format specification"; T. Morgan, "The Windows NT Registry File Format".
 */
#ifndef PEWTER_NTDLL_CM_REGF_H
#define PEWTER_NTDLL_CM_REGF_H

#include "ntdll/cm/node.h"

#define REGF_BLOCK 4096u /* the head's size, and what those of bins are multiples of */
#define REGF_NONE 0xFFFFFFFFu

#define REGF_NODE_VOLATILE 0x01u
#define REGF_NODE_ROOT 0x04u
#define REGF_NODE_NO_DELETE 0x08u
#define REGF_NODE_LINK 0x10u
#define REGF_NODE_NARROW 0x20u /* the name is in Latin-1 */
#define REGF_VALUE_NARROW 0x01u
#define REGF_DATA_HERE 0x80000000u /* four bytes or less, in the place of their offset */
/* Larger data lies in pieces from version 1.4 on. */
#define REGF_PIECE 16344u

#pragma pack(push, 1)
struct regf_head {
	char signature[4];
	uint32_t sequence, sequence_again;
	uint64_t time;
	uint32_t major, minor, type, format;
	uint32_t root, size; /* behind the head */
	uint32_t clustering;
	char16_t name[32];
	uint8_t reserved[396];
	uint32_t checksum; /* of the words before it */
};

struct regf_bin {
	char signature[4];
	uint32_t offset, size;
	uint32_t reserved[2];
	uint64_t time;
	uint32_t spare;
};

struct regf_node {
	char signature[2];
	uint16_t flags;
	uint64_t time;
	uint32_t access, parent;
	uint32_t children, volatile_children, child_list, volatile_child_list;
	uint32_t values, value_list;
	uint32_t security, class;
	uint32_t longest_child, longest_child_class, longest_value, largest_data;
	uint32_t work;
	uint16_t name_size, class_size; /* bytes */
	/* the name */
};

struct regf_value {
	char signature[2];
	uint16_t name_size; /* bytes */
	uint32_t size, data;
	uint32_t type;
	uint16_t flags, spare;
	/* the name */
};

struct regf_list { /* "lf", "lh": pairs of offset and hash; "li", "ri": offsets */
	char signature[2];
	uint16_t count;
};

struct regf_pieces {
	char signature[2]; /* "db" */
	uint16_t count;
	uint32_t list;
};

struct regf_security {
	char signature[2];
	uint16_t reserved;
	uint32_t next, previous, references, size;
};
#pragma pack(pop)

uint32_t regf_checksum(const struct regf_head *head);

/* Makes what a file has into keys below `root`, which is empty and in no tree.  STATUS_NOT_REGISTRY_FILE, STATUS_REGISTRY_CORRUPT,
 * STATUS_INSUFFICIENT_RESOURCES: what has been made so far is there.  Never reads beyond the bytes, takes no more memory than a few times
 * their size, and ends, whatever they are. */
NTSTATUS regf_read(const void *bytes, size_t size, struct cm_node *root);

/* A file of a key and what is below it without volatile keys, in malloc's memory; `minor` 3 or 5.  NULL: no memory. */
void *regf_write(struct cm_node *root, unsigned minor, size_t *size);

/* Frees the keys below such a root, and its values. */
void regf_discard(struct cm_node *root);

#endif
