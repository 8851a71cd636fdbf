/*
 * programs/reg/change.c - reg add and reg delete.
 */
#include "programs/reg/reg.h"

#include <stdlib.h>

struct change {
	const WCHAR *value, *type, *data, *separator;
	bool force, all, view;
};

static bool parse(const struct reg_arguments *arguments, struct change *change, bool add)
{
	for (unsigned i = 1; i < arguments->count; i++) {
		const WCHAR *word = arguments->words[i];
		const WCHAR **place = reg_is_switch(word, u"v")		 ? &change->value
				      : add && reg_is_switch(word, u"t") ? &change->type
				      : add && reg_is_switch(word, u"d") ? &change->data
				      : add && reg_is_switch(word, u"s") ? &change->separator
									 : NULL;
		int view = reg_is_view(word, &change->view);

		if (view < 0 || (place && (*place || i + 1 == arguments->count)))
			return false;
		if (view)
			continue;
		if (place) {
			*place = arguments->words[++i];
		} else if (reg_is_switch(word, u"ve") && !change->value) {
			change->value = u"";
		} else if (reg_is_switch(word, u"f") && !change->force) {
			change->force = true;
		} else if (!add && reg_is_switch(word, u"va") && !change->all) {
			change->all = true;
		} else {
			return false;
		}
	}
	return !(change->all && change->value) && (!change->separator || rtl_wcslen(change->separator) == 1 ||
						   text_same(change->separator, u"\\0"));
}

/* 99: it is none. */
static unsigned digit_of(WCHAR c)
{
	if (text_is_digit(c))
		return c - 0u - u'0';
	return text_is_letter(c) ? (c | 32u) - u'a' + 10 : 99;
}

/* A number of C's, without sign or octal ones. */
static bool parse_number(const WCHAR *text, uint64_t most, uint64_t *number)
{
	unsigned base = text[0] == u'0' && (text[1] | 32) == u'x' ? 16 : 10;

	*number = 0;
	if (base == 16)
		text += 2;
	if (!*text)
		return false;
	for (; *text; text++) {
		unsigned digit = digit_of(*text);

		if (digit >= base || *number > (most - digit) / base)
			return false;
		*number = *number * base + digit;
	}
	return true;
}

static bool put_hex(struct io_narrow *to, const WCHAR *text)
{
	size_t length = rtl_wcslen(text);
	bool half = length % 2;
	unsigned byte = 0;

	/* An odd digit is the low half of the first byte. */
	for (size_t i = 0; i < length; i++) {
		unsigned digit = digit_of(text[i]);
		char whole;

		if (digit > 15)
			return false;
		byte = byte << 4 | digit;
		if (half) {
			whole = (char)byte;
			io_narrow_put(to, &whole, 1);
			byte = 0;
		}
		half = !half;
	}
	return true;
}

/* "a\0b" as two strings; an empty one among them cannot be. */
static bool put_strings(struct io_narrow *to, const WCHAR *text, const WCHAR *separator)
{
	static const WCHAR nothing[2];
	size_t between = separator ? rtl_wcslen(separator) : 2, length;

	if (!separator)
		separator = u"\\0";
	while (*text) {
		for (length = 0; text[length] && !text_is(text + length, between, separator); length++)
			;
		if (!length)
			return false;
		io_narrow_put(to, (const char *)text, length * sizeof(WCHAR));
		io_narrow_put(to, (const char *)nothing, sizeof(WCHAR));
		text += length;
		if (*text)
			text += between;
	}
	io_narrow_put(to, (const char *)nothing, sizeof(WCHAR));
	return true;
}

/* The bytes of a value; false: told. */
static bool make_data(const struct reg_arguments *arguments, const struct change *change, DWORD type, struct io_narrow *to)
{
	uint64_t number;
	bool ok = true;

	switch (type) {
	case REG_DWORD:
	case REG_DWORD_BIG_ENDIAN:
	case REG_QWORD:
		number = 0;
		ok = change->data ? parse_number(change->data, type == REG_QWORD ? UINT64_MAX : UINT32_MAX, &number)
				  : type == REG_QWORD;
		io_narrow_put(to, (const char *)&number, type == REG_QWORD ? 8 : 4);
		break;
	case REG_BINARY:
		ok = !change->data || put_hex(to, change->data);
		break;
	case REG_MULTI_SZ:
		ok = put_strings(to, change->data ? change->data : u"", change->separator);
		break;
	default:
		io_narrow_put(to, (const char *)(change->data ? change->data : u""),
			      (rtl_wcslen(change->data ? change->data : u"") + 1) * sizeof(WCHAR));
	}
	if (!ok)
		output_error("ERROR: Invalid syntax. Specify a valid numeric value for '/d'.\nType \"REG %s /?\" for usage.\n",
			     arguments->verb);
	return ok && !to->failed;
}

static bool may_overwrite(const struct change *change, HANDLE key)
{
	struct reg_value old;
	struct io_wide question;
	bool yes;

	if (change->force || !NT_SUCCESS(reg_value_named(key, change->value ? change->value : u"", &old)))
		return true;
	reg_value_free(&old);
	io_wide_init(&question);
	output_put(&question, "Value %s exists, overwrite", change->value && *change->value ? change->value : u"(Default)");
	yes = reg_asked(question.text);
	io_wide_free(&question);
	return yes;
}

DWORD reg_add(const struct reg_arguments *arguments)
{
	struct change change = {0};
	struct reg_name name;
	struct io_narrow data;
	DWORD type = REG_SZ, code = 1;
	HANDLE key;
	NTSTATUS status;

	reg_name_init(&name);
	io_narrow_init(&data);
	if (!reg_first_key(arguments, &name)) {
	} else if (!parse(arguments, &change, true)) {
		reg_bad_syntax(arguments);
	} else if (change.type && !reg_type_of(change.type, &type)) {
		reg_bad_syntax(arguments);
	} else if (make_data(arguments, &change, type, &data)) {
		status = reg_create(&name, &key);
		if (NT_SUCCESS(status)) {
			if (may_overwrite(&change, key)) {
				status = reg_set(key, change.value ? change.value : u"", type, data.text, data.length);
				code = NT_SUCCESS(status) ? reg_done() : reg_failed(status);
			} else {
				code = 0;
			}
			NtClose(key);
		} else {
			reg_failed(status);
		}
	}
	io_narrow_free(&data);
	reg_name_free(&name);
	return code;
}

static NTSTATUS delete_all_values(HANDLE key)
{
	struct reg_value value;
	NTSTATUS status;

	while (NT_SUCCESS(status = reg_value_at(key, 0, &value))) {
		status = reg_delete_value(key, value.name);
		reg_value_free(&value);
		if (!NT_SUCCESS(status))
			return status;
	}
	return status == STATUS_NO_MORE_ENTRIES ? STATUS_SUCCESS : status;
}

static bool may_delete(const struct change *change, const struct reg_name *name)
{
	struct io_wide question;
	bool yes;

	if (change->force)
		return true;
	io_wide_init(&question);
	if (change->all)
		output_put(&question, "Delete all values under the registry key %s", name->shown.text);
	else if (change->value)
		output_put(&question, "Delete the registry value %s", *change->value ? change->value : u"(Default)");
	else
		output_put(&question, "Permanently delete the registry key %s", name->shown.text);
	yes = reg_asked(question.text);
	io_wide_free(&question);
	return yes;
}

DWORD reg_delete(const struct reg_arguments *arguments)
{
	struct change change = {0};
	struct reg_name name;
	DWORD code = 1;
	HANDLE key;
	NTSTATUS status;

	reg_name_init(&name);
	if (!reg_first_key(arguments, &name)) {
	} else if (!parse(arguments, &change, false)) {
		reg_bad_syntax(arguments);
	} else if (!may_delete(&change, &name)) {
		code = 0;
	} else if (!change.all && !change.value) {
		status = reg_delete_tree(&name);
		code = NT_SUCCESS(status) ? reg_done() : reg_failed(status);
	} else {
		status = reg_open(&name, KEY_READ | KEY_SET_VALUE, &key);
		if (NT_SUCCESS(status)) {
			status = change.all ? delete_all_values(key) : reg_delete_value(key, change.value);
			NtClose(key);
		}
		code = NT_SUCCESS(status) ? reg_done() : reg_failed(status);
	}
	reg_name_free(&name);
	return code;
}
