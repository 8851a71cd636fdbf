/*
 * programs/cmd/interrupt.c - Ctrl-C: ends the command, and asks whether the batch job ends as well.
 */
#include "programs/cmd/cmd.h"

static BOOL WINAPI on_control(DWORD event)
{
	if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT)
		return FALSE;
	cmd.interrupted = true;
	return TRUE;
}

void cmd_watch_control_c(void)
{
	SetConsoleCtrlHandler(on_control, TRUE);
}

void cmd_check_interrupt(void)
{
	if (!cmd.interrupted || cmd.flow >= FLOW_ABORT)
		return;
	cmd.interrupted = false;
	if (cmd.batch) {
		struct io_wide answer;
		WCHAR c;

		io_wide_init(&answer);
		do {
			output_error("Terminate batch job (Y/N)? ");
			if (!input_line(GetStdHandle(STD_INPUT_HANDLE), &answer)) {
				output_error("\n");
				c = u'Y';
				break;
			}
			c = rtl_upcase(*text_skip_blanks(answer.text));
		} while (c != u'Y' && c != u'N');
		io_wide_free(&answer);
		/* The same keys, as another thread was told of them. */
		cmd.interrupted = false;
		if (c == u'N')
			return;
	}
	cmd.level = (int)STATUS_CONTROL_C;
	cmd.flow = cmd.batch || cmd.single ? FLOW_ABORT : FLOW_NEXT;
}
