/*
 * kernel32/formatmessage.h - what becomes of the text of a message: inserts, escapes, lines (formatmessage_text.c).
 */
#ifndef PEWTER_KERNEL32_FORMATMESSAGE_H
#define PEWTER_KERNEL32_FORMATMESSAGE_H

#include "nt/ntdef.h"
#include "ntdll/rtl/text.h"

#define FORMAT_MESSAGE_ALLOCATE_BUFFER 0x100u
#define FORMAT_MESSAGE_IGNORE_INSERTS 0x200u
#define FORMAT_MESSAGE_FROM_STRING 0x400u
#define FORMAT_MESSAGE_FROM_HMODULE 0x800u
#define FORMAT_MESSAGE_FROM_SYSTEM 0x1000u
#define FORMAT_MESSAGE_ARGUMENT_ARRAY 0x2000u
#define FORMAT_MESSAGE_MAX_WIDTH_MASK 0xFFu

/* What the inserts are made of, fetched one after the other and only when it is asked for: a va_list stands behind the last
 * one afterwards.  What has a number is remembered under it. */
struct arguments {
	const ULONG_PTR *next; /* NULL: there are none */
	bool array;
	unsigned count;
	ULONG_PTR seen[99];
};

/* The text as it grows.  With a width a line is broken as soon as it is as long as that, also if nothing follows. */
struct message {
	struct rtl_text text;
	unsigned width;	   /* 0: lines are as long as they are */
	size_t line_start; /* in the text */
	size_t room;	   /* no more units are of use */
};

/* Puts the source into the message: 0, or ERROR_INVALID_PARAMETER, with what came before the mistake.  Memory that ran out is
 * said by the text.  `wide`: strings without another mark are in UTF-16. */
DWORD message_expand(struct message *message, const char16_t *source, DWORD flags, struct arguments *arguments, bool wide);

#endif
