/*
 * programs/cmd/parse.h - a line that is parsed.
 */
#ifndef PEWTER_PROGRAMS_CMD_PARSE_H
#define PEWTER_PROGRAMS_CMD_PARSE_H

#include "programs/cmd/cmd.h"

struct parser {
	struct line_source *source;
	struct io_wide line; /* what was read so far; blocks and ^ at the end add lines */
	size_t at;
	unsigned depth;    /* of parentheses */
	unsigned if_depth; /* IFs that are open in this pair of parentheses */
	bool failed;
	bool closed; /* the command just parsed ended with ) */
};

/* ---- parse_words.c ---- */

/* The unit that stands here, and the one behind it; 0: the line ends. */
WCHAR parser_peek(struct parser *parser);
WCHAR parser_peek_next(struct parser *parser);
/* Adds the next line behind the one that ends; false at the end of the source. */
bool parser_more_lines(struct parser *parser);
/* The first failure is told: "X was unexpected at this time."; NULL: nothing is said. */
void parser_fail(struct parser *parser, const WCHAR *what);
void parser_fail_syntax(struct parser *parser);
/* What stands here was unexpected. */
void parser_fail_here(struct parser *parser);
/* Delimiters, and the end of a line that goes on. */
void parser_skip(struct parser *parser);
void parser_skip_line(struct parser *parser);
/* One unit behind a caret, which stands here. */
void parser_take_escaped(struct parser *parser, struct io_wide *to);
bool parser_ends_command(struct parser *parser, WCHAR c);
/* A word up to a delimiter or special character, quotes kept, carets gone. */
void parser_take_word(struct parser *parser, struct io_wide *to);
/* Redirections that stand here; `last`: where the next one goes. */
struct redirect **parser_take_redirects(struct parser *parser, struct redirect **last);
/* The arguments of a command with its redirections, up to what ends it. */
void parser_take_arguments(struct parser *parser, struct io_wide *to, struct redirect ***last);
bool parser_next_is(struct parser *parser, const WCHAR *word);
/* Skips delimiters, then the word if it is there. */
bool parser_take_next(struct parser *parser, const WCHAR *word);
struct node *parser_node(enum node_kind kind);

/* ---- parse_if_for.c ---- */

bool parser_at_else(struct parser *parser);
struct node *parse_if(struct parser *parser);
struct node *parse_for(struct parser *parser);

/* ---- parse.c ---- */

struct node *parse_sequence(struct parser *parser);

#endif
