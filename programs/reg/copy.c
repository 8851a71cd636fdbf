/*
 * programs/reg/copy.c - reg copy and reg compare.
 */
#include "programs/reg/reg.h"

#include <stdlib.h>

/* Two keys, and how far down. */
struct pair {
	struct reg_name from, to;
	const WCHAR *value; /* NULL: all */
	bool below, force, all, different, same, none;
	unsigned shown;
	bool differ;
};

static bool values_are_same(const struct reg_value *a, const struct reg_value *b)
{
	return a->type == b->type && a->size == b->size && !memcmp(a->data, b->data, a->size);
}

static NTSTATUS copy_values(struct pair *pair, HANDLE from, HANDLE to)
{
	struct reg_value value, old;
	struct io_wide question;
	NTSTATUS status = STATUS_SUCCESS;

	for (ULONG i = 0; NT_SUCCESS(status) && NT_SUCCESS(reg_value_at(from, i, &value)); i++) {
		bool copy = true;

		if (!pair->force && NT_SUCCESS(reg_value_named(to, value.name, &old))) {
			reg_value_free(&old);
			io_wide_init(&question);
			output_put(&question, "Value %s\\%s exists, overwrite", pair->to.shown.text,
				   value.name_length ? value.name : u"(Default)");
			copy = reg_asked(question.text);
			io_wide_free(&question);
		}
		if (copy)
			status = reg_set(to, value.name, value.type, value.data, value.size);
		reg_value_free(&value);
	}
	return status;
}

/* Calls `each` for every subkey of `keys`, with both names at it. */
static NTSTATUS for_children(struct pair *pair, HANDLE keys, NTSTATUS (*each)(struct pair *pair))
{
	size_t from_shown = pair->from.shown.length, from_nt = pair->from.nt.length, length;
	size_t to_shown = pair->to.shown.length, to_nt = pair->to.nt.length;
	WCHAR child[256];
	NTSTATUS status = STATUS_SUCCESS;

	for (ULONG i = 0; NT_SUCCESS(status) && NT_SUCCESS(reg_child_at(keys, i, child, &length)); i++) {
		reg_name_push(&pair->from, child, length);
		reg_name_push(&pair->to, child, length);
		status = each(pair);
		reg_name_pop(&pair->from, from_shown, from_nt);
		reg_name_pop(&pair->to, to_shown, to_nt);
	}
	return status;
}

static NTSTATUS copy_key(struct pair *pair)
{
	HANDLE from, to;
	NTSTATUS status = reg_open(&pair->from, KEY_READ, &from);

	if (!NT_SUCCESS(status))
		return status;
	status = reg_create(&pair->to, &to);
	if (NT_SUCCESS(status)) {
		status = copy_values(pair, from, to);
		if (NT_SUCCESS(status) && pair->below)
			status = for_children(pair, from, copy_key);
		NtClose(to);
	}
	NtClose(from);
	return status;
}

static bool parse(const struct reg_arguments *arguments, struct pair *pair, bool compare)
{
	bool view = false;

	for (unsigned i = 2; i < arguments->count; i++) {
		const WCHAR *word = arguments->words[i];
		bool *flag = reg_is_switch(word, u"s")				? &pair->below
			     : !compare && reg_is_switch(word, u"f")		? &pair->force
			     : compare && reg_is_switch(word, u"oa")		? &pair->all
			     : compare && reg_is_switch(word, u"od")		? &pair->different
			     : compare && reg_is_switch(word, u"os")		? &pair->same
			     : compare && reg_is_switch(word, u"on")		? &pair->none
										: NULL;
		int is_view = reg_is_view(word, &view);

		if (is_view < 0 || (flag && *flag))
			return false;
		if (is_view)
			continue;
		if (flag)
			*flag = true;
		else if (compare && reg_is_switch(word, u"ve") && !pair->value)
			pair->value = u"";
		else if (compare && reg_is_switch(word, u"v") && !pair->value && i + 1 < arguments->count)
			pair->value = arguments->words[++i];
		else
			return false;
	}
	return pair->all + pair->different + pair->same + pair->none <= 1;
}

/* Both names; false: told. */
static bool begin(const struct reg_arguments *arguments, struct pair *pair, bool compare)
{
	struct reg_arguments second = {arguments->verb, arguments->words + 1, 1};

	reg_name_init(&pair->from);
	reg_name_init(&pair->to);
	if (arguments->count < 2 || !parse(arguments, pair, compare)) {
		reg_bad_syntax(arguments);
		return false;
	}
	return reg_first_key(arguments, &pair->from) && reg_first_key(&second, &pair->to);
}

static void end(struct pair *pair)
{
	reg_name_free(&pair->from);
	reg_name_free(&pair->to);
}

DWORD reg_copy(const struct reg_arguments *arguments)
{
	struct pair pair = {0};
	DWORD code = 1;
	NTSTATUS status;

	if (begin(arguments, &pair, false)) {
		size_t length = pair.from.nt.length;

		if (text_is(pair.to.nt.text, pair.to.nt.length, pair.from.nt.text)) {
			output_error("ERROR: The registry entry cannot be copied onto itself.\n");
		} else if (pair.below && text_begins(pair.to.nt.text, pair.from.nt.text) && pair.to.nt.text[length] == u'\\') {
			/* It would find its own copies. */
			output_error("ERROR: The registry entry cannot be copied below itself.\n");
		} else {
			status = copy_key(&pair);
			code = NT_SUCCESS(status) ? reg_done() : reg_failed(status);
		}
	}
	end(&pair);
	return code;
}

/* One line of a comparison: '<' only in the first, '>' only in the second, '=' in both. */
static void show(struct pair *pair, char mark, const struct reg_name *name, const struct reg_value *value)
{
	const WCHAR *type;

	pair->differ |= mark != '=';
	if (pair->none || (pair->same && mark != '=') || (!pair->all && !pair->same && mark == '='))
		return;
	pair->shown++;
	if (!value) {
		output_print("%c Key:  %s\n", mark, name->shown.text);
		return;
	}
	type = reg_type_name(value->type);
	output_print("%c Value:  %s  %s  %s  ", mark, name->shown.text, value->name_length ? value->name : u"(Default)",
		     type ? type : u"REG_NONE");
	if (reg_is_text(value->type))
		output_print("%s", (const WCHAR *)value->data);
	else
		for (DWORD i = 0; i < value->size; i++)
			output_print("%02X", (unsigned)value->data[i]);
	output_print("\n");
}

static void compare_values(struct pair *pair, HANDLE first, HANDLE second)
{
	struct reg_value value, other;

	for (ULONG i = 0; NT_SUCCESS(reg_value_at(first, i, &value)); i++) {
		bool there = NT_SUCCESS(reg_value_named(second, value.name, &other));

		if (!pair->value || text_same(value.name, pair->value)) {
			if (there && values_are_same(&value, &other)) {
				show(pair, '=', &pair->from, &value);
			} else {
				show(pair, '<', &pair->from, &value);
				if (there)
					show(pair, '>', &pair->to, &other);
			}
		}
		if (there)
			reg_value_free(&other);
		reg_value_free(&value);
	}
	for (ULONG i = 0; NT_SUCCESS(reg_value_at(second, i, &value)); i++) {
		bool there = NT_SUCCESS(reg_value_named(first, value.name, &other));

		if (there)
			reg_value_free(&other);
		else if (!pair->value || text_same(value.name, pair->value))
			show(pair, '>', &pair->to, &value);
		reg_value_free(&value);
	}
}

static NTSTATUS compare_keys(struct pair *pair);

/* Only those that the first has not. */
static NTSTATUS show_second_only(struct pair *pair)
{
	HANDLE key;

	if (NT_SUCCESS(reg_open(&pair->from, KEY_READ, &key)))
		NtClose(key);
	else
		show(pair, '>', &pair->to, NULL);
	return STATUS_SUCCESS;
}

static NTSTATUS compare_children(struct pair *pair)
{
	HANDLE key;

	if (!NT_SUCCESS(reg_open(&pair->to, KEY_READ, &key))) {
		show(pair, '<', &pair->from, NULL);
		return STATUS_SUCCESS;
	}
	NtClose(key);
	return compare_keys(pair);
}

static NTSTATUS compare_keys(struct pair *pair)
{
	HANDLE first, second;
	NTSTATUS status = reg_open(&pair->from, KEY_READ, &first);

	if (!NT_SUCCESS(status))
		return status;
	status = reg_open(&pair->to, KEY_READ, &second);
	if (NT_SUCCESS(status)) {
		compare_values(pair, first, second);
		if (pair->below) {
			status = for_children(pair, first, compare_children);
			if (NT_SUCCESS(status))
				status = for_children(pair, second, show_second_only);
		}
		NtClose(second);
	}
	NtClose(first);
	return status;
}

/* Exit code 2: they differ. */
DWORD reg_compare(const struct reg_arguments *arguments)
{
	struct pair pair = {0};
	DWORD code = 1;
	NTSTATUS status;

	if (begin(arguments, &pair, true)) {
		status = compare_keys(&pair);
		if (NT_SUCCESS(status)) {
			output_print(pair.differ ? "Results Compared: Different\n" : "Results Compared: Identical\n");
			reg_done();
			code = pair.differ ? 2 : 0;
		} else {
			reg_failed(status);
		}
	}
	end(&pair);
	return code;
}
