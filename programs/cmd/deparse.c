/*
 * programs/cmd/deparse.c - the tree as text: what ECHO ON shows (phase 3), and what the sides of a pipe are started
 * with.
 */
#include "programs/cmd/cmd.h"

/* ECHO ON has a blank behind a command already. */
static void put_redirects(struct io_wide *to, const struct redirect *redirect, bool for_echo)
{
	for (; redirect; redirect = redirect->next) {
		output_put(to, for_echo ? "%u" : " %u", redirect->fd);
		text_put_unit(to, redirect->input ? u'<' : u'>');
		if (redirect->kind == REDIRECT_APPEND)
			text_put_unit(to, u'>');
		if (redirect->kind == REDIRECT_SAME)
			output_put(to, "&%u", redirect->source);
		else
			text_put(to, cmd_expand_variables(redirect->file));
		if (for_echo)
			text_put_unit(to, u' ');
	}
}

static void put_if(struct io_wide *to, const struct node *node, bool for_echo)
{
	static const WCHAR *const words[] = {
		[IF_EXIST] = u"EXIST",
		[IF_DEFINED] = u"DEFINED",
		[IF_LEVEL] = u"ERRORLEVEL",
		[IF_EXTENSION] = u"CMDEXTVERSION",
	};

	text_put(to, node->no_case ? u"if /I " : u"if ");
	if (node->negated)
		text_put(to, u"NOT ");
	if (node->test == IF_EQUAL || node->test == IF_COMPARE)
		output_put(to, "%s %s %s ", cmd_expand_variables(node->a), node->operator,
			   cmd_expand_variables(node->b));
	else
		output_put(to, "%s %s ", words[node->test], cmd_expand_variables(node->a));
	cmd_deparse(to, node->left, for_echo);
	if (node->right) {
		text_put(to, u" else ");
		cmd_deparse(to, node->right, for_echo);
	}
}

static void put_for(struct io_wide *to, const struct node *node, bool for_echo)
{
	static const WCHAR *const switches[] = {
		[FOR_PLAIN] = u"",   [FOR_DIRECTORIES] = u"/D ", [FOR_TREE] = u"/R ",
		[FOR_LOOP] = u"/L ", [FOR_FILE] = u"/F ",
	};

	text_put(to, u"for ");
	text_put(to, switches[node->loop]);
	if (node->options)
		output_put(to, "%s ", cmd_expand_variables(node->options));
	output_put(to, "%%%c in (%s) do ", node->variable, cmd_expand_variables(node->set));
	cmd_deparse(to, node->left, for_echo);
}

static void put_operator(struct io_wide *to, const struct node *node, const WCHAR *sign, bool for_echo)
{
	cmd_deparse(to, node->left, for_echo);
	output_put(to, " %s ", sign);
	cmd_deparse(to, node->right, for_echo);
}

void cmd_deparse(struct io_wide *to, const struct node *tree, bool for_echo)
{
	if (!tree || (for_echo && tree->quiet))
		return;
	switch (tree->kind) {
	case NODE_COMMAND:
		text_put(to, cmd_expand_variables(tree->text));
		if (for_echo)
			text_put_unit(to, u' ');
		break;
	case NODE_BLOCK:
		if (!for_echo) {
			text_put(to, u"( ");
			cmd_deparse(to, tree->left, false);
			text_put(to, u" )");
			break;
		}
		text_put(to, tree->lines ? u"(\r\n" : u"(");
		cmd_deparse(to, tree->left, true);
		text_put(to, tree->lines ? u"\r\n) " : u") ");
		break;
	case NODE_SEQUENCE:
		if (tree->lines && for_echo) {
			cmd_deparse(to, tree->left, for_echo);
			text_put(to, u"\r\n ");
			cmd_deparse(to, tree->right, for_echo);
		} else {
			put_operator(to, tree, u"&", for_echo);
		}
		break;
	case NODE_AND:
		put_operator(to, tree, u"&&", for_echo);
		break;
	case NODE_OR:
		put_operator(to, tree, u"||", for_echo);
		break;
	case NODE_PIPE:
		put_operator(to, tree, u"|", for_echo);
		break;
	case NODE_IF:
		put_if(to, tree, for_echo);
		break;
	case NODE_FOR:
		put_for(to, tree, for_echo);
		break;
	}
	put_redirects(to, tree->redirects, for_echo);
}
