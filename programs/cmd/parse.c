/*
 * programs/cmd/parse.c - phase 2: special characters, and the tree of commands.
 *
 *	sequence   or { & or }
 *	or         and { || and }
 *	and        pipe { && pipe }
 *	pipe       command { | command }
 *	command    { redirection } ( block | IF | FOR | REM | name and arguments ) { redirection }
 *
 * What follows a condition or DO is a sequence: it reaches to the end of the line or of the block around it.  ELSE is
 *looked for behind a closing parenthesis only.
 */
#include "programs/cmd/parse.h"

/* Lines between parentheses that are empty, or labels.  False: the source ended. */
static bool skip_empty_lines(struct parser *parser)
{
	for (;;) {
		parser_skip(parser);
		if (parser_peek(parser) == u':') {
			parser_skip_line(parser);
			continue;
		}
		if (parser_peek(parser) == u'\n')
			parser->at++;
		else if (parser_peek(parser))
			return true;
		else if (!parser_more_lines(parser))
			return false;
	}
}

/* The opening parenthesis is taken. */
static struct node *parse_block(struct parser *parser)
{
	struct node *block = parser_node(NODE_BLOCK), **last = &block->left;
	unsigned if_depth = parser->if_depth;

	parser->depth++;
	parser->if_depth = 0;
	for (bool first_line = true;;) {
		bool line_ended;
		struct node *command;
		size_t before = parser->at;

		if (!skip_empty_lines(parser)) {
			parser_fail(parser, NULL); /* the file ends within the block */
			break;
		}
		line_ended = parser->at > before &&
			     text_find(cmd_copy(parser->line.text + before, parser->at - before), u'\n');
		if (parser_peek(parser) == u')') {
			if (!block->left)
				parser_fail_here(parser);
			parser->at++;
			break;
		}
		if (!first_line && !line_ended) {
			parser_fail_here(parser);
			break;
		}
		if (first_line && line_ended)
			block->lines = true;
		first_line = false;
		command = parse_sequence(parser);
		if (parser->failed)
			break;
		if (!command)
			continue;
		if (*last) {
			struct node *sequence = parser_node(NODE_SEQUENCE);

			sequence->lines = true;
			sequence->left = *last;
			sequence->right = command;
			*last = sequence;
			last = &sequence->right;
		} else {
			*last = command;
		}
	}
	parser->depth--;
	parser->if_depth = if_depth;
	return block;
}

static struct node *parse_command(struct parser *parser)
{
	struct redirect *redirects = NULL, **last = &redirects;
	struct node *node;
	struct io_wide text;

	parser->closed = false;
	last = parser_take_redirects(parser, last);
	if (parser->failed)
		return NULL;
	if (parser_peek(parser) == u'@') {
		parser->at++;
		node = parse_sequence(parser);
		if (node) {
			node->quiet = true;
			*last = node->redirects;
			node->redirects = redirects;
		}
		return node;
	}
	if (parser_peek(parser) == u'(') {
		parser->at++;
		node = parse_block(parser);
		if (!parser->failed)
			last = parser_take_redirects(parser, last);
		node->redirects = redirects;
		parser->closed = true;
		return node;
	}
	if (parser_peek(parser) == u')' && !parser->depth) {
		/* as REM */
		parser_skip_line(parser);
		return NULL;
	}
	if (parser_peek(parser) == u':') {
		parser_skip_line(parser);
		return NULL;
	}
	io_wide_init(&text);
	parser_take_word(parser, &text);
	if (!text.length) {
		if (!redirects)
			parser_fail_here(parser);
		io_wide_free(&text);
		node = parser_node(NODE_COMMAND);
		node->text = u"";
		node->redirects = redirects;
		return node;
	}
	if (text_same(text.text, u"IF")) {
		io_wide_free(&text);
		node = parse_if(parser);
	} else if (text_same(text.text, u"FOR")) {
		io_wide_free(&text);
		node = parse_for(parser);
	} else {
		if (text_same(text.text, u"REM")) {
			/* An operator at once ends it; otherwise the whole line is its own. */
			size_t before = parser->at;

			parser_skip(parser);
			if (!parser_ends_command(parser, parser_peek(parser))) {
				parser->at = before;
				parser_skip_line(parser);
				io_wide_put(&text, parser->line.text + before, parser->at - before);
			}
		} else {
			parser_take_arguments(parser, &text, &last);
		}
		node = parser_node(NODE_COMMAND);
		node->text = cmd_keep(&text);
		parser->closed = false;
	}
	*last = node->redirects;
	node->redirects = redirects;
	return node;
}

static struct node *operator_node(enum node_kind kind, struct node *left, struct node *right)
{
	struct node *node = parser_node(kind);

	node->left = left;
	node->right = right;
	return node;
}

/* Behind an operator something must follow; within parentheses on the next line, too. */
static bool operand_follows(struct parser *parser)
{
	parser_skip(parser);
	while (parser->depth && (parser_peek(parser) == u'\n' || !parser_peek(parser))) {
		if (!skip_empty_lines(parser))
			break;
	}
	if (!parser_peek(parser) || parser_peek(parser) == u'\n') {
		parser_fail_syntax(parser);
		return false;
	}
	return true;
}

static bool take_operator(struct parser *parser, WCHAR c, bool doubled)
{
	if (parser->failed)
		return false;
	parser_skip(parser);
	if (parser_peek(parser) != c || (parser_peek_next(parser) == c) != doubled)
		return false;
	parser->at += doubled ? 2 : 1;
	return true;
}

/* The operators from the one that binds most. */
static const struct {
	WCHAR c;
	bool doubled;
	enum node_kind kind;
} operators[] = {{u'|', false, NODE_PIPE}, {u'&', true, NODE_AND}, {u'|', true, NODE_OR}};

static struct node *parse_operators(struct parser *parser, int level)
{
	struct node *left = level < 0 ? parse_command(parser) : parse_operators(parser, level - 1);

	if (level < 0)
		return left;
	while (take_operator(parser, operators[level].c, operators[level].doubled)) {
		struct node *right;

		if (!left) {
			parser->at -= operators[level].doubled ? 2 : 1;
			parser_fail_here(parser);
			return NULL;
		}
		if (!operand_follows(parser))
			return left;
		right = parse_operators(parser, level - 1);
		left = operator_node(operators[level].kind, left, right);
	}
	return left;
}

struct node *parse_sequence(struct parser *parser)
{
	struct node *left = parse_operators(parser, 2);

	while (!parser->failed) {
		struct node *right;

		parser_skip(parser);
		if (parser->closed && parser->if_depth && parser_at_else(parser))
			return left;
		if (!take_operator(parser, u'&', false))
			return left;
		parser_skip(parser);
		if (!parser_peek(parser) || parser_peek(parser) == u'\n' ||
		    (parser_peek(parser) == u')' && parser->depth))
			return left;
		right = parse_operators(parser, 2);
		if (right)
			left = left ? operator_node(NODE_SEQUENCE, left, right) : right;
	}
	return left;
}

enum parse_result cmd_parse(struct line_source *source, struct node **tree)
{
	struct parser parser = {.source = source};
	enum parse_result result = PARSE_OK;

	*tree = NULL;
	source->more = false;
	io_wide_init(&parser.line);
	if (!source->next(source, &parser.line)) {
		io_wide_free(&parser.line);
		return PARSE_END;
	}
	text_put_unit(&parser.line, u'\n');
	parser_skip(&parser);
	if (parser_peek(&parser) == u'\n' || !parser_peek(&parser)) {
		result = PARSE_NOTHING;
	} else {
		*tree = parse_sequence(&parser);
		parser_skip(&parser);
		if (!parser.failed && parser_peek(&parser) && parser_peek(&parser) != u'\n')
			parser_fail_here(&parser);
		if (parser.failed) {
			result = PARSE_ERROR;
			if (cmd.echo && cmd.batch) {
				struct io_wide text;

				io_wide_init(&text);
				text_put(&text, u"\r\n");
				cmd_put_prompt(&text);
				io_wide_put(&text, parser.line.text, parser.line.length ? parser.line.length - 1 : 0);
				output_print("%s\n", text.text);
				io_wide_free(&text);
			}
		} else if (!*tree) {
			result = PARSE_NOTHING;
		}
	}
	io_wide_free(&parser.line);
	return result;
}
