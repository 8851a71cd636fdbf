/*
 * programs/cmd/pipe.c - a | b: every side is a process of its own.
 *
 * A program is started as it is.  Everything else is run by another command processor, which reads the side's text once
 * more: that is why variables it sets are lost, and why carets have to be doubled twice (as on Windows).
 */
#include "programs/cmd/cmd.h"

#define MOST_STAGES 64u

/* Standard handles of the children that follow; NULL leaves one as it is.  cmd_restore ends it. */
static void lend_handles(HANDLE input, HANDLE output, struct saved_handles *saved)
{
	HANDLE handles[2] = {input, output}, copy;

	saved->changed = 0;
	for (unsigned fd = 0; fd < 2; fd++) {
		if (!handles[fd] || !DuplicateHandle(GetCurrentProcess(), handles[fd], GetCurrentProcess(), &copy, 0,
						     TRUE, DUPLICATE_SAME))
			continue;
		saved->old[fd] = GetStdHandle(fd ? STD_OUTPUT_HANDLE : STD_INPUT_HANDLE);
		saved->changed |= 1u << fd;
		cmd_set_handle(fd, copy);
	}
}

HANDLE cmd_start_self(const WCHAR *options, const WCHAR *text, HANDLE input, HANDLE output)
{
	struct io_wide line;
	struct saved_handles saved;
	HANDLE process;
	WCHAR *path = cmd_allocate(32768 * sizeof(*path));

	if (!GetModuleFileNameW(NULL, path, 32768))
		return NULL;
	lend_handles(input, output, &saved);
	io_wide_init(&line);
	output_put(&line, "%s %s", path, options);
	text_put(&line, text);
	if (text_find(options, u'"'))
		text_put(&line, u"\"");
	process = cmd_start_program(path, line.text, 0, NULL, NULL);
	io_wide_free(&line);
	cmd_restore(&saved);
	return process;
}

/* A side that is the name of a program, and no more. */
static bool is_program(const struct node *node, const WCHAR **text, struct io_wide *path, DWORD *error)
{
	const WCHAR *arguments;
	bool exact;

	*error = 0;
	if (node->kind != NODE_COMMAND)
		return false;
	*text = cmd_expand_late(node->text);
	while (cmd_is_delimiter(**text))
		(*text)++;
	if (!**text || cmd_builtin(*text, &arguments, &exact) || (text[0][1] == u':' && !text[0][2]))
		return false;
	if (!cmd_find_program(*text, cmd_name_length(*text), path, error)) {
		if (!*error)
			*error = ERROR_FILE_NOT_FOUND;
		return false;
	}
	return !cmd_is_batch(path->text);
}

static HANDLE start_stage(const struct node *node, HANDLE input, HANDLE output, bool *missing)
{
	struct io_wide path, text;
	struct saved_handles lent, redirected = {.changed = 0};
	const WCHAR *line = NULL;
	HANDLE process = NULL;
	DWORD error;

	io_wide_init(&path);
	io_wide_init(&text);
	if (is_program(node, &line, &path, &error)) {
		lend_handles(input, output, &lent);
		if (cmd_redirect(node->redirects, &redirected))
			process = cmd_start_program(path.text, line, 0, NULL, NULL);
		cmd_restore(&redirected);
		cmd_restore(&lent);
	} else if (error) {
		cmd_say_not_found(line, cmd_name_length(line), error);
		*missing = true;
	} else if (node->kind == NODE_COMMAND) {
		/* Its delayed variables and redirections are this process' still. */
		lend_handles(input, output, &lent);
		text_put_unit(&text, u' ');
		text_put(&text, cmd_expand_late(node->text));
		if (cmd_redirect(node->redirects, &redirected))
			process = cmd_start_self(u" /S /D /c\"", text.text, NULL, NULL);
		cmd_restore(&redirected);
		cmd_restore(&lent);
	} else {
		text_put_unit(&text, u' ');
		cmd_deparse(&text, node, false);
		process = cmd_start_self(u" /S /D /c\"", text.text, input, output);
	}
	io_wide_free(&text);
	io_wide_free(&path);
	return process;
}

static unsigned flatten(const struct node *node, const struct node **stages, unsigned count)
{
	if (node->kind != NODE_PIPE || node->redirects || count + 2 > MOST_STAGES) {
		stages[count++] = node;
		return count;
	}
	count = flatten(node->left, stages, count);
	return flatten(node->right, stages, count);
}

int cmd_pipe(const struct node *tree)
{
	const struct node *stages[MOST_STAGES];
	HANDLE processes[MOST_STAGES], input = NULL;
	unsigned count = flatten(tree->left, stages, 0);
	bool missing = false;
	int result = 1;

	count = flatten(tree->right, stages, count);
	for (unsigned i = 0; i < count; i++) {
		HANDLE read_end = NULL, write_end = NULL;

		processes[i] = NULL;
		if (i + 1 < count && !missing && !CreatePipe(&read_end, &write_end, NULL, 0)) {
			output_system_error(GetLastError());
			missing = true;
		}
		if (!missing)
			processes[i] = start_stage(stages[i], input, write_end, &missing);
		if (input)
			CloseHandle(input);
		if (write_end)
			CloseHandle(write_end);
		input = read_end;
	}
	if (input)
		CloseHandle(input);
	for (unsigned i = 0; i < count; i++)
		if (processes[i])
			result = cmd_wait(processes[i]);
		else
			result = 1;
	if (missing) {
		/* A side that cannot be started ends everything, as on Windows. */
		cmd.level = 255;
		cmd.flow = cmd.batch || cmd.single ? FLOW_ABORT : FLOW_NEXT;
		return 255;
	}
	return cmd.level = result;
}
