/*
 * programs/reg/query.c - reg query.
 */
#include "programs/reg/reg.h"

#include <stdio.h>
#include <stdlib.h>

struct query {
	const WCHAR *value, *wanted, *separator; /* value: "" is the default one; NULL: not asked for */
	DWORD type;
	bool has_type, below, keys, data, names, exact, with_case, with_number;
	unsigned found;
	bool began;
};

static bool contains(const struct query *query, const WCHAR *text, size_t length)
{
	size_t wanted = rtl_wcslen(query->wanted);

	for (size_t i = 0; i + wanted <= length; i++) {
		if (query->exact && (i || wanted != length))
			break;
		if (query->with_case ? !memcmp(text + i, query->wanted, wanted * sizeof(WCHAR))
				     : !rtl_compare_nocase(text + i, wanted, query->wanted, wanted))
			return true;
	}
	return false;
}

/* What is shown of a value's data. */
static void put_data(const struct query *query, const struct reg_value *value, struct io_wide *to)
{
	const WCHAR *text = (const WCHAR *)value->data;
	size_t units = value->size / sizeof(WCHAR);
	char number[32];
	uint64_t wide;

	switch (value->type) {
	case REG_SZ:
	case REG_EXPAND_SZ:
		text_put(to, text);
		return;
	case REG_MULTI_SZ:
		while (units && !text[units - 1])
			units--;
		for (size_t i = 0; i < units; i++)
			if (text[i])
				text_put_unit(to, text[i]);
			else
				text_put(to, query->separator);
		return;
	case REG_DWORD:
	case REG_DWORD_BIG_ENDIAN:
	case REG_QWORD:
		if (value->size != (value->type == REG_QWORD ? 8 : 4))
			break;
		wide = 0;
		memcpy(&wide, value->data, value->size);
		snprintf(number, sizeof(number), "0x%llx", (unsigned long long)wide);
		for (const char *c = number; *c; c++)
			text_put_unit(to, (WCHAR)*c);
		return;
	default:
		break;
	}
	for (DWORD i = 0; i < value->size; i++)
		output_put(to, "%02X", (unsigned)value->data[i]);
}

static void show_key(struct query *query, const struct reg_name *name)
{
	if (!query->began)
		output_print("\n");
	query->began = true;
	output_print("%s\n", name->shown.text);
}

static bool value_matches(const struct query *query, const struct reg_value *value, const struct io_wide *data)
{
	bool any_place = !query->keys && !query->names && !query->data;

	if (query->has_type && value->type != query->type)
		return false;
	if (query->value && !text_is(value->name, value->name_length, query->value))
		return false;
	if (!query->wanted)
		return true;
	return ((any_place || query->names) && contains(query, value->name, value->name_length)) ||
	       ((any_place || query->data) && contains(query, data->text, data->length));
}

static void show_value(const struct query *query, const struct reg_value *value, const struct io_wide *data)
{
	const WCHAR *type = reg_type_name(value->type);

	output_print("    %s    %s", value->name_length ? value->name : u"(Default)", type ? type : u"REG_NONE");
	if (query->with_number)
		output_print(" (%u)", (unsigned)value->type);
	output_print("    %s\n", data->text);
}

/* The values that were asked for; whether there were any. */
static bool show_values(struct query *query, const struct reg_name *name, HANDLE key)
{
	struct reg_value value;
	struct io_wide data;
	bool any = false;

	for (ULONG i = 0; NT_SUCCESS(reg_value_at(key, i, &value)); i++) {
		io_wide_init(&data);
		put_data(query, &value, &data);
		if (value_matches(query, &value, &data)) {
			if (!any)
				show_key(query, name);
			any = true;
			query->found++;
			show_value(query, &value, &data);
		}
		io_wide_free(&data);
		reg_value_free(&value);
	}
	return any;
}

static bool is_search(const struct query *query)
{
	return query->wanted || query->value || query->has_type;
}

static NTSTATUS show(struct query *query, struct reg_name *name, bool first)
{
	WCHAR child[256];
	size_t length, shown = name->shown.length, nt = name->nt.length;
	HANDLE key;
	bool any;
	NTSTATUS status = reg_open(name, KEY_READ, &key);

	if (!NT_SUCCESS(status))
		return status;
	any = !(query->keys && !query->names && !query->data) && show_values(query, name, key);
	/* Below the first one a key is named even if it has no values. */
	if (!any && !first && query->below && !is_search(query)) {
		show_key(query, name);
		any = true;
	}
	if (any)
		output_print("\n");
	for (ULONG i = 0; (query->below || !query->value) && NT_SUCCESS(reg_child_at(key, i, child, &length)); i++) {
		bool named = query->wanted && (query->keys || (!query->names && !query->data)) && !query->value &&
			     !query->has_type && contains(query, child, length);

		reg_name_push(name, child, length);
		if (named || (!query->below && !is_search(query))) {
			show_key(query, name);
			query->found++;
			if (named)
				output_print("\n");
		}
		/* What cannot be opened (a link that leads nowhere) is passed by. */
		if (query->below)
			show(query, name, false);
		reg_name_pop(name, shown, nt);
	}
	NtClose(key);
	return STATUS_SUCCESS;
}

/* The default value is told of even if it is not set. */
static DWORD show_default(struct query *query, const struct reg_name *name)
{
	HANDLE key;
	NTSTATUS status = reg_open(name, KEY_READ, &key);

	if (!NT_SUCCESS(status))
		return reg_failed(status);
	if (!show_values(query, name, key)) {
		show_key(query, name);
		output_print("    (Default)    REG_SZ    (value not set)\n");
	}
	output_print("\n");
	NtClose(key);
	return 0;
}

static bool parse(const struct reg_arguments *arguments, struct query *query)
{
	bool view = false;

	for (unsigned i = 1; i < arguments->count; i++) {
		const WCHAR *word = arguments->words[i], *next = i + 1 < arguments->count ? arguments->words[i + 1] : NULL;
		bool *flag = reg_is_switch(word, u"s")	 ? &query->below
			     : reg_is_switch(word, u"k") ? &query->keys
			     : reg_is_switch(word, u"d") ? &query->data
			     : reg_is_switch(word, u"c") ? &query->with_case
			     : reg_is_switch(word, u"e") ? &query->exact
			     : reg_is_switch(word, u"z") ? &query->with_number
							 : NULL;
		int is_view = reg_is_view(word, &view);

		if (is_view < 0 || (flag && *flag))
			return false;
		if (is_view)
			continue;
		if (flag) {
			*flag = true;
		} else if (reg_is_switch(word, u"ve") && !query->value) {
			query->value = u"";
		} else if (reg_is_switch(word, u"v") && !query->value && !query->names) {
			/* Without a name, together with /f, it means to look at names. */
			if (next && next[0] != u'/')
				query->value = arguments->words[++i];
			else
				query->names = true;
		} else if (reg_is_switch(word, u"f") && next && !query->wanted) {
			query->wanted = arguments->words[++i];
		} else if (reg_is_switch(word, u"t") && next && !query->has_type) {
			query->has_type = reg_type_of(arguments->words[++i], &query->type);
			if (!query->has_type)
				return false;
		} else if (reg_is_switch(word, u"se") && next && rtl_wcslen(next) == 1) {
			query->separator = arguments->words[++i];
		} else {
			return false;
		}
	}
	return query->wanted || !(query->names || query->keys || query->data || query->with_case || query->exact);
}

DWORD reg_query(const struct reg_arguments *arguments)
{
	struct query query = {.separator = u"\\0"};
	struct reg_name name;
	DWORD code = 1;
	NTSTATUS status;

	reg_name_init(&name);
	if (!reg_first_key(arguments, &name)) {
	} else if (!parse(arguments, &query)) {
		reg_bad_syntax(arguments);
	} else if (query.value && !*query.value && !query.below && !query.wanted) {
		code = show_default(&query, &name);
	} else {
		status = show(&query, &name, true);
		if (!NT_SUCCESS(status))
			code = reg_failed(status);
		else if (query.value && !query.below && !query.found)
			code = reg_failed(STATUS_OBJECT_NAME_NOT_FOUND);
		else
			code = is_search(&query) && !query.found;
		if (NT_SUCCESS(status) && is_search(&query) && (query.below || query.wanted || query.has_type))
			output_print("End of search: %u match(es) found.\n", query.found);
	}
	reg_name_free(&name);
	return code;
}
