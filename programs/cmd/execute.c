/*
 * programs/cmd/execute.c - runs the tree.
 *
 * Every command has a result, which && and || look at, and ERRORLEVEL, which is something else: many commands leave it
 * alone.
 * || makes the result of what failed the level.
 */
#include "programs/cmd/cmd.h"

struct cmd cmd = {.echo = true, .extensions = true, .default_attributes = 7};

static int run_simple(const struct node *node)
{
	const WCHAR *text = cmd_expand_late(node->text);

	while (cmd_is_delimiter(*text))
		text++;
	return *text ? cmd_run_command(text, false) : 0;
}

static int run_plain(const struct node *node)
{
	int result = 0;

	switch (node->kind) {
	case NODE_COMMAND:
		return run_simple(node);
	case NODE_BLOCK:
		return cmd_execute(node->left);
	case NODE_SEQUENCE:
		result = cmd_execute(node->left);
		return cmd.flow || !node->right ? result : cmd_execute(node->right);
	case NODE_AND:
		result = cmd_execute(node->left);
		return cmd.flow || result ? result : cmd_execute(node->right);
	case NODE_OR:
		result = cmd_execute(node->left);
		if (cmd.flow || !result)
			return result;
		cmd.level = result;
		return cmd_execute(node->right);
	case NODE_PIPE:
		return cmd_pipe(node);
	case NODE_IF:
		return cmd_if(node);
	case NODE_FOR:
		return cmd_for(node);
	}
	return result;
}

int cmd_execute(const struct node *tree)
{
	struct saved_handles saved;
	int result = 1;

	if (!tree)
		return 0;
	if (!tree->redirects) {
		result = run_plain(tree);
	} else {
		if (cmd_redirect(tree->redirects, &saved))
			result = run_plain(tree);
		cmd_restore(&saved);
	}
	cmd_check_interrupt();
	return result;
}

static void echo_tree(const struct node *tree)
{
	struct io_wide text;

	if (!cmd.echo || !cmd.batch || tree->quiet)
		return;
	io_wide_init(&text);
	text_put(&text, u"\r\n");
	cmd_put_prompt(&text);
	cmd_deparse(&text, tree, true);
	text_put(&text, u"\r\n");
	output_write(GetStdHandle(STD_OUTPUT_HANDLE), text.text, text.length);
	io_wide_free(&text);
}

int cmd_run_source(struct line_source *source)
{
	struct node *tree;
	int result = 0;

	switch (cmd_parse(source, &tree)) {
	case PARSE_OK:
		echo_tree(tree);
		result = cmd_execute(tree);
		break;
	case PARSE_ERROR:
		result = cmd.level = 255;
		if (cmd.batch)
			cmd.flow = FLOW_ABORT;
		break;
	case PARSE_NOTHING:
		return -1;
	case PARSE_END:
		if (!cmd.flow)
			cmd.flow = cmd.batch ? FLOW_LEAVE : FLOW_EXIT;
		return -1;
	}
	return result;
}

static bool next_of_text(struct line_source *source, struct io_wide *line)
{
	bool good = true;

	if (!source->text)
		return false;
	good = cmd_expand_percents(line, source->text, false);
	source->text = NULL;
	return good;
}

static bool next_as_is(struct line_source *source, struct io_wide *line)
{
	if (!source->text)
		return false;
	text_put(line, source->text);
	source->text = NULL;
	return true;
}

int cmd_run_line(const WCHAR *line, bool expand)
{
	struct line_source source = {.next = expand ? next_of_text : next_as_is, .text = line};
	size_t mark = cmd_mark();
	int result = cmd_run_source(&source);

	cmd_release(mark);
	return result;
}

/* X: */
static bool is_drive(const WCHAR *text)
{
	return text[0] && text[1] == u':' && (!text[2] || cmd_is_delimiter(text[2])) && !cmd_is_delimiter(text[0]);
}

int cmd_run_command(const WCHAR *text, bool called)
{
	const WCHAR *arguments;
	const struct builtin *builtin;
	struct io_wide found;
	bool exact, outside = false;
	DWORD error;

	if (is_drive(text))
		return called ? cmd_level(cmd_drive(text[0])) : cmd_drive(text[0]);
	builtin = cmd_builtin(text, &arguments, &exact);
	if (builtin && (called || (!exact && *arguments != u'/'))) {
		/* A file of that name comes first: always for CALL, else when the name goes on. */
		size_t length = cmd_name_length(text);

		if (called || (length > rtl_wcslen(builtin->name) + 1 && text_find(u".\\:", *arguments))) {
			io_wide_init(&found);
			outside = cmd_find_program(text, length, &found, &error);
			io_wide_free(&found);
		}
	}
	if (!builtin || outside)
		return cmd_launch(text, called);
	if (builtin->help && text_begins(text_skip_blanks(arguments), u"/?"))
		return cmd_help(builtin->name);
	return builtin->run(arguments);
}
