/*
 * programs/cmd/for.c - FOR: over words and files, /D, /R, /L.  FOR /F is in for_file.c.
 */
#include "programs/cmd/for.h"

#include <stdlib.h>

void for_begin(struct for_run *run, const struct node *node)
{
	*run = (struct for_run){.node = node, .first = cmd.variable_count};
}

void for_end(struct for_run *run)
{
	cmd.variable_count = run->first;
}

void for_set(WCHAR name, const WCHAR *value)
{
	if (cmd.variable_count == cmd.variable_capacity) {
		unsigned capacity = cmd.variable_capacity ? 2 * cmd.variable_capacity : 32;
		struct for_variable *grown = realloc(cmd.variables, capacity * sizeof(*grown));

		if (!grown)
			ExitProcess(1);
		cmd.variables = grown;
		cmd.variable_capacity = capacity;
	}
	cmd.variables[cmd.variable_count++] = (struct for_variable){name, value};
}

bool for_body(struct for_run *run)
{
	const struct node *body = run->node->left;
	size_t mark = cmd_mark();

	if (cmd.echo && body && !body->quiet && !run->node->quiet) {
		struct io_wide text;

		io_wide_init(&text);
		text_put(&text, u"\r\n");
		cmd_put_prompt(&text);
		cmd_deparse(&text, body, true);
		text_put(&text, u"\r\n");
		output_write(GetStdHandle(STD_OUTPUT_HANDLE), text.text, text.length);
		io_wide_free(&text);
	}
	run->result = cmd_execute(body);
	cmd_release(mark);
	cmd.variable_count = run->first;
	return !cmd.flow;
}

static bool run_value(struct for_run *run, const WCHAR *value)
{
	for_set(run->node->variable, value);
	return for_body(run);
}

/* The next word of a set, with its quotes. */
static bool next_word(const WCHAR **at, struct io_wide *word)
{
	bool quoted = false;

	text_clear(word);
	while (cmd_is_delimiter(**at) || **at == u'\n')
		(*at)++;
	for (; **at && (quoted || !(cmd_is_delimiter(**at) || **at == u'\n')); (*at)++) {
		if (**at == u'"')
			quoted = !quoted;
		text_put_unit(word, **at);
	}
	return word->length > 0;
}

static const WCHAR *without_quotes(const WCHAR *text)
{
	struct io_wide bare;

	io_wide_init(&bare);
	for (; *text; text++)
		if (*text != u'"')
			text_put_unit(&bare, *text);
	return cmd_keep(&bare);
}

/* The files (or directories) that a pattern finds; each with the pattern's folder, or with `root`. */
static bool run_pattern(struct for_run *run, const WCHAR *root, const WCHAR *word, bool directories)
{
	const WCHAR *bare = without_quotes(word);
	size_t folder, count;
	struct io_wide path;
	WIN32_FIND_DATAW *found;
	bool go_on = true;

	io_wide_init(&path);
	if (root)
		cmd_join(&path, root, bare);
	else
		text_put(&path, bare);
	/* Folders written with / are not found behind it: only the names remain. */
	folder = cmd_folder_length(path.text);
	if (text_find(path.text, u'/'))
		folder = 0;
	found = cmd_list(path.text, &count, false);
	for (size_t i = 0; i < count && go_on; i++) {
		size_t mark = cmd_mark();
		struct io_wide value;

		if (!(found[i].dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) == directories ||
		    found[i].dwFileAttributes & (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM))
			continue;
		io_wide_init(&value);
		io_wide_put(&value, path.text, folder);
		text_put(&value, found[i].cFileName);
		go_on = run_value(run, cmd_keep(&value));
		cmd_release(mark);
	}
	io_wide_free(&path);
	return go_on;
}

static bool run_words(struct for_run *run, const WCHAR *root, const WCHAR *set, bool directories)
{
	struct io_wide word;
	bool go_on = true;

	io_wide_init(&word);
	while (go_on && next_word(&set, &word)) {
		if (text_has_wildcard(word.text)) {
			go_on = run_pattern(run, root, word.text, directories);
		} else if (root) {
			struct io_wide value;

			io_wide_init(&value);
			cmd_join(&value, root, without_quotes(word.text));
			go_on = run_value(run, cmd_keep(&value));
		} else {
			go_on = run_value(run, cmd_copy(word.text, word.length));
		}
	}
	io_wide_free(&word);
	return go_on;
}

/* A tree, every folder before what lies in it. */
static bool run_tree(struct for_run *run, const WCHAR *root, const WCHAR *set)
{
	struct io_wide path;
	size_t mark = cmd_mark(), count;
	WIN32_FIND_DATAW *found;
	bool go_on = run_words(run, root, set, false);

	io_wide_init(&path);
	cmd_join(&path, root, u"*");
	found = cmd_list(path.text, &count, false);
	for (size_t i = 0; i < count && go_on; i++) {
		if (!(found[i].dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) ||
		    found[i].dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT)
			continue;
		text_clear(&path);
		cmd_join(&path, root, found[i].cFileName);
		go_on = run_tree(run, path.text, set);
	}
	io_wide_free(&path);
	cmd_release(mark);
	return go_on;
}

static int take_number(const WCHAR **at)
{
	struct io_wide word;
	int32_t value = 0;
	const WCHAR *text;
	bool negative;

	while (cmd_is_delimiter(**at) && **at != u',')
		(*at)++;
	io_wide_init(&word);
	for (; **at && !cmd_is_delimiter(**at); (*at)++)
		text_put_unit(&word, **at);
	while (cmd_is_delimiter(**at) && **at != u',')
		(*at)++;
	if (**at == u',')
		(*at)++;
	text = word.text;
	negative = *text == u'-';
	if (*text == u'-' || *text == u'+')
		text++;
	if (text[0] == u'0' && (text[1] | 32) == u'x') {
		for (text += 2; text_is_digit(*text) || ((*text | 32) >= u'a' && (*text | 32) <= u'f'); text++)
			value = (int32_t)((uint32_t)value * 16 +
					  (uint32_t)(text_is_digit(*text) ? *text - u'0' : (*text | 32) - u'a' + 10));
	} else {
		uint32_t base = *text == u'0' ? 8 : 10;

		for (; text_is_digit(*text) && *text < u'0' + base; text++)
			value = (int32_t)((uint32_t)value * base + (uint32_t)(*text - u'0'));
	}
	io_wide_free(&word);
	return negative ? -value : value;
}

static void run_loop(struct for_run *run, const WCHAR *set)
{
	int64_t at = take_number(&set), step = take_number(&set), end = take_number(&set);

	while (step >= 0 ? at <= end : at >= end) {
		size_t mark = cmd_mark();
		struct io_wide value;
		bool go_on;

		io_wide_init(&value);
		output_put(&value, "%d", (int)at);
		go_on = run_value(run, cmd_keep(&value));
		cmd_release(mark);
		at += step;
		if (!go_on || cmd.interrupted)
			break;
	}
}

int cmd_for(const struct node *node)
{
	const WCHAR *set = cmd_expand_late(node->set);
	struct for_run run;
	struct io_wide root;

	for_begin(&run, node);
	switch (node->loop) {
	case FOR_PLAIN:
		run_words(&run, NULL, set, false);
		break;
	case FOR_DIRECTORIES:
		run_words(&run, NULL, set, true);
		break;
	case FOR_TREE:
		io_wide_init(&root);
		cmd_full_path(node->options ? without_quotes(cmd_expand_late(node->options)) : u".", &root);
		if (root.length > 3 && root.text[root.length - 1] == u'\\')
			root.text[--root.length] = 0;
		run_tree(&run, root.text, set);
		io_wide_free(&root);
		break;
	case FOR_LOOP:
		run_loop(&run, set);
		break;
	case FOR_FILE:
		for_file(&run, node->options ? cmd_expand_late(node->options) : u"", set);
		break;
	}
	for_end(&run);
	return run.result;
}
