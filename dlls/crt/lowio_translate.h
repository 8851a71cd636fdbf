/*
 * dlls/crt/lowio_translate.h - CR LF to LF in place, the same for bytes and for units of UTF-16.  Included twice by
 * lowio_rw.c, which defines UNIT, TRANSLATE (the function's name) and KEEP(info, unit): what becomes of a unit that was read
 * too many from a pipe or a device.
 */

/* Length and result in units. */
static INT TRANSLATE(INT fd, struct ioinfo *info, UNIT *buffer, INT length)
{
	INT from = 0, to;
	UNIT next;

	if (length > 0 && buffer[0] == LF)
		info->flags |= FD_CRLF;
	else
		info->flags &= (BYTE)~FD_CRLF;
	/* Up to the first CR or Ctrl-Z nothing changes. */
	while (from < length && buffer[from] != CR && buffer[from] != CTRL_Z)
		from++;
	to = from;
	while (from < length) {
		UNIT c = buffer[from];

		if (c == CTRL_Z) {
			if (!(info->flags & FD_DEVICE))
				info->flags |= FD_EOF;
			else
				buffer[to++] = c;
			break;
		}
		if (c != CR) {
			buffer[to++] = c;
			from++;
			continue;
		}
		if (from + 1 < length) {
			bool line_end = buffer[from + 1] == LF;

			buffer[to++] = line_end ? LF : CR;
			from += line_end ? 2 : 1;
			continue;
		}
		/* The CR came last: what follows decides. */
		from++;
		if (read_raw(info, &next, sizeof(next)) < (INT)sizeof(next)) {
			buffer[to++] = CR;
		} else if (info->flags & (FD_DEVICE | FD_PIPE)) {
			buffer[to++] = next == LF ? LF : CR;
			if (next != LF)
				KEEP(info, next);
		} else if (to == 0 && next == LF) {
			buffer[to++] = LF;
		} else {
			lowio_seek(fd, info, -(int64_t)sizeof(next), FILE_CURRENT);
			if (next != LF)
				buffer[to++] = CR;
		}
	}
	return to;
}

#undef UNIT
#undef TRANSLATE
#undef KEEP
