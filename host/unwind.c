/*
 * host/unwind.c - an interpreter of call frame information (DWARF 4, section 6.4; LSB, "Exception Frames").
 *
 * Only what compilers emit for x86-64 is understood: offsets from the CFA, expressions of the simple operators, and
 * SSE registers, which functions with Microsoft's calling convention save.
 */
#include "host/unwind.h"
#include "host/fault.h"

#include <link.h>
#include <string.h>

#define MAX_REGISTERS 33
#define MAX_DEPTH 8

enum rule_kind { RULE_SAME, RULE_UNDEFINED, RULE_OFFSET, RULE_VALUE_OFFSET, RULE_REGISTER, RULE_EXPRESSION, RULE_VALUE_EXPRESSION };

struct rule {
	enum rule_kind kind;
	int64_t offset; /* or the register */
	const uint8_t *expression;
	size_t length;
};

struct row {
	struct rule rules[MAX_REGISTERS];
	uint64_t cfa_register;
	int64_t cfa_offset;
	const uint8_t *cfa_expression; /* NULL: register + offset */
	size_t cfa_length;
};

struct reader {
	const uint8_t *at, *end;
};

struct common {
	uint64_t code_align;
	int64_t data_align;
	uint64_t return_register;
	uint8_t pointer_encoding;
	bool augmented, signal;
	const uint8_t *instructions, *instructions_end;
};

static uint64_t read_bytes(struct reader *reader, unsigned size)
{
	uint64_t value = 0;

	if ((size_t)(reader->end - reader->at) < size) {
		reader->at = reader->end;
		return 0;
	}
	memcpy(&value, reader->at, size);
	reader->at += size;
	return value;
}

static uint64_t read_uleb(struct reader *reader)
{
	uint64_t value = 0;

	for (unsigned shift = 0; reader->at < reader->end; shift += 7) {
		uint8_t byte = *reader->at++;

		if (shift < 64)
			value |= (uint64_t)(byte & 0x7F) << shift;
		if (!(byte & 0x80))
			break;
	}
	return value;
}

static int64_t read_sleb(struct reader *reader)
{
	uint64_t value = 0;
	unsigned shift = 0;
	uint8_t byte = 0;

	while (reader->at < reader->end) {
		byte = *reader->at++;
		if (shift < 64)
			value |= (uint64_t)(byte & 0x7F) << shift;
		shift += 7;
		if (!(byte & 0x80))
			break;
	}
	if (byte & 0x40 && shift < 64)
		value |= ~0ull << shift;
	return (int64_t)value;
}

/* DW_EH_PE_*: absolute or relative to its own place (or to `data`). */
static uint64_t read_encoded(struct reader *reader, uint8_t encoding, uint64_t data)
{
	uint64_t place = (uint64_t)(uintptr_t)reader->at;
	uint64_t value;

	if (encoding == 0xFF)
		return 0;
	switch (encoding & 0x0F) {
	case 0x00:
	case 0x04:
	case 0x0C:
		value = read_bytes(reader, 8);
		break;
	case 0x01:
		value = read_uleb(reader);
		break;
	case 0x02:
		value = read_bytes(reader, 2);
		break;
	case 0x03:
		value = read_bytes(reader, 4);
		break;
	case 0x09:
		value = (uint64_t)read_sleb(reader);
		break;
	case 0x0A:
		value = (uint64_t)(int64_t)(int16_t)read_bytes(reader, 2);
		break;
	case 0x0B:
		value = (uint64_t)(int64_t)(int32_t)read_bytes(reader, 4);
		break;
	default:
		return 0;
	}
	switch (encoding & 0x70) {
	case 0x10:
		value += place;
		break;
	case 0x30:
		value += data;
		break;
	default:
		break;
	}
	if (encoding & 0x80)
		memcpy(&value, (const void *)(uintptr_t)value, sizeof(value));
	return value;
}

struct search {
	uintptr_t pc;
	const uint8_t *header;
};

static int find_object(struct dl_phdr_info *info, size_t size, void *context)
{
	struct search *search = context;
	const uint8_t *header = NULL;
	bool inside = false;

	(void)size;
	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		uintptr_t start = info->dlpi_addr + segment->p_vaddr;

		if (segment->p_type == PT_LOAD && search->pc >= start && search->pc < start + segment->p_memsz)
			inside = true;
		else if (segment->p_type == PT_GNU_EH_FRAME)
			header = (const uint8_t *)start;
	}
	if (!inside)
		return 0;
	search->header = header;
	return 1;
}

/* The frame description entry of the function that contains pc; NULL. */
static const uint8_t *find_entry(uintptr_t pc)
{
	struct search search = {.pc = pc};
	const uint8_t *header;
	struct reader reader;
	uint64_t count, low = 0, high;
	const int32_t *table;

	if (!dl_iterate_phdr(find_object, &search) || !search.header)
		return NULL;
	header = search.header;
	/* version 1, and a sorted table of 32-bit pairs relative to the header */
	if (header[0] != 1 || header[3] != 0x3B)
		return NULL;
	reader = (struct reader){header + 4, header + 64};
	read_encoded(&reader, header[1], (uint64_t)(uintptr_t)header);
	count = read_encoded(&reader, header[2], (uint64_t)(uintptr_t)header);
	table = (const int32_t *)reader.at;
	high = count;
	while (low < high) {
		uint64_t middle = (low + high) / 2;

		if ((uintptr_t)(header + table[middle * 2]) <= pc)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? header + table[(low - 1) * 2 + 1] : NULL;
}

static bool parse_common(const uint8_t *at, struct common *common)
{
	uint32_t length;
	struct reader reader;
	const char *augmentation;
	uint8_t version;

	memcpy(&length, at, 4);
	if (length == 0 || length == UINT32_MAX)
		return false;
	reader = (struct reader){at + 8, at + 4 + length};
	version = (uint8_t)read_bytes(&reader, 1);
	if (version != 1 && version != 3)
		return false;
	augmentation = (const char *)reader.at;
	reader.at += strlen(augmentation) + 1;
	common->code_align = read_uleb(&reader);
	common->data_align = read_sleb(&reader);
	common->return_register = version == 1 ? read_bytes(&reader, 1) : read_uleb(&reader);
	common->pointer_encoding = 0;
	common->augmented = augmentation[0] == 'z';
	common->signal = false;
	if (common->augmented) {
		uint64_t size = read_uleb(&reader);
		const uint8_t *after = reader.at + size;

		for (const char *c = augmentation + 1; *c; c++) {
			if (*c == 'R')
				common->pointer_encoding = (uint8_t)read_bytes(&reader, 1);
			else if (*c == 'P') {
				uint8_t encoding = (uint8_t)read_bytes(&reader, 1);

				read_encoded(&reader, encoding & 0x7F, 0);
			} else if (*c == 'L')
				read_bytes(&reader, 1);
			else if (*c == 'S')
				common->signal = true;
		}
		reader.at = after;
	}
	common->instructions = reader.at;
	common->instructions_end = reader.end;
	return true;
}

static bool evaluate(const uint8_t *code, size_t length, const struct host_frame *frame, bool push_cfa, uint64_t cfa,
		     uint64_t *result)
{
	struct reader reader = {code, code + length};
	uint64_t stack[16];
	unsigned depth = 0;

	if (push_cfa)
		stack[depth++] = cfa;
	while (reader.at < reader.end) {
		uint8_t op = *reader.at++;

		if (depth >= 15)
			return false;
		if (op >= 0x30 && op <= 0x4F) { /* DW_OP_lit */
			stack[depth++] = op - 0x30u;
		} else if (op >= 0x70 && op <= 0x80) { /* DW_OP_breg */
			stack[depth++] = frame->registers[op - 0x70] + (uint64_t)read_sleb(&reader);
		} else if (op == 0x06 && depth) { /* deref */
			if (host_copy_from_guest(&stack[depth - 1], (const void *)(uintptr_t)stack[depth - 1], 8))
				return false;
		} else if (op == 0x08) {
			stack[depth++] = read_bytes(&reader, 1);
		} else if (op == 0x09) {
			stack[depth++] = (uint64_t)(int64_t)(int8_t)read_bytes(&reader, 1);
		} else if (op == 0x0A) {
			stack[depth++] = read_bytes(&reader, 2);
		} else if (op == 0x0B) {
			stack[depth++] = (uint64_t)(int64_t)(int16_t)read_bytes(&reader, 2);
		} else if (op == 0x0C) {
			stack[depth++] = read_bytes(&reader, 4);
		} else if (op == 0x0D) {
			stack[depth++] = (uint64_t)(int64_t)(int32_t)read_bytes(&reader, 4);
		} else if (op == 0x12 && depth) { /* dup */
			stack[depth] = stack[depth - 1];
			depth++;
		} else if (op == 0x23 && depth) { /* plus_uconst */
			stack[depth - 1] += read_uleb(&reader);
		} else if (depth >= 2 && (op == 0x1A || op == 0x1C || op == 0x22 || op == 0x24 || op == 0x2A)) {
			uint64_t b = stack[--depth], a = stack[depth - 1];

			stack[depth - 1] = op == 0x1A ? (a & b) : op == 0x1C ? a - b : op == 0x22 ? a + b :
					   op == 0x24 ? (b < 64 ? a << b : 0) : (uint64_t)((int64_t)a >= (int64_t)b);
		} else {
			return false;
		}
	}
	if (!depth)
		return false;
	*result = stack[depth - 1];
	return true;
}

static bool run(const struct common *common, const uint8_t *code, const uint8_t *end, uint64_t location, uint64_t pc,
		struct row *row, const struct row *initial)
{
	static const struct rule same = {.kind = RULE_SAME};
	struct reader reader = {code, end};
	/* Remembered rows; compilers nest at most once or twice. */
	static __thread struct row saved[MAX_DEPTH];
	unsigned depth = 0;
	uint64_t number, length;

#define SET(register, ...)                                                                                                  \
	do {                                                                                                                \
		number = (register);                                                                                        \
		struct rule rule_ = {__VA_ARGS__};                                                                          \
		if (number < MAX_REGISTERS)                                                                                 \
			row->rules[number] = rule_;                                                                         \
	} while (0)
	while (reader.at < reader.end) {
		uint8_t op = *reader.at++;
		uint8_t low = op & 0x3F;
		uint64_t register_number;

		switch (op & 0xC0) {
		case 0x40: /* advance_loc */
			location += low * common->code_align;
			if (location > pc)
				return true;
			continue;
		case 0x80: /* offset */
			SET(low, .kind = RULE_OFFSET, .offset = (int64_t)read_uleb(&reader) * common->data_align);
			continue;
		case 0xC0: /* restore */
			if (low < MAX_REGISTERS)
				row->rules[low] = initial ? initial->rules[low] : same;
			continue;
		}
		switch (op) {
		case 0x00: /* nop */
			break;
		case 0x01: /* set_loc */
			location = read_encoded(&reader, common->pointer_encoding, 0);
			if (location > pc)
				return true;
			break;
		case 0x02:
		case 0x03:
		case 0x04: /* advance_loc1, 2, 4 */
			location += read_bytes(&reader, 1u << (op - 2)) * common->code_align;
			if (location > pc)
				return true;
			break;
		case 0x05: /* offset_extended */
			register_number = read_uleb(&reader);
			SET(register_number, .kind = RULE_OFFSET, .offset = (int64_t)read_uleb(&reader) * common->data_align);
			break;
		case 0x06: /* restore_extended */
			register_number = read_uleb(&reader);
			if (register_number < MAX_REGISTERS)
				row->rules[register_number] = initial ? initial->rules[register_number] : same;
			break;
		case 0x07: /* undefined */
			SET(read_uleb(&reader), .kind = RULE_UNDEFINED);
			break;
		case 0x08: /* same_value */
			SET(read_uleb(&reader), .kind = RULE_SAME);
			break;
		case 0x09: /* register */
			register_number = read_uleb(&reader);
			SET(register_number, .kind = RULE_REGISTER, .offset = (int64_t)read_uleb(&reader));
			break;
		case 0x0A: /* remember_state */
			if (depth == MAX_DEPTH)
				return false;
			saved[depth++] = *row;
			break;
		case 0x0B: /* restore_state */
			if (!depth)
				return false;
			*row = saved[--depth];
			break;
		case 0x0C: /* def_cfa */
			row->cfa_register = read_uleb(&reader);
			row->cfa_offset = (int64_t)read_uleb(&reader);
			row->cfa_expression = NULL;
			break;
		case 0x0D: /* def_cfa_register */
			row->cfa_register = read_uleb(&reader);
			row->cfa_expression = NULL;
			break;
		case 0x0E: /* def_cfa_offset */
			row->cfa_offset = (int64_t)read_uleb(&reader);
			break;
		case 0x0F: /* def_cfa_expression */
			row->cfa_length = read_uleb(&reader);
			row->cfa_expression = reader.at;
			reader.at += row->cfa_length;
			break;
		case 0x10: /* expression */
		case 0x16: /* val_expression */
			register_number = read_uleb(&reader);
			length = read_uleb(&reader);
			SET(register_number, .kind = op == 0x10 ? RULE_EXPRESSION : RULE_VALUE_EXPRESSION,
			    .expression = reader.at, .length = length);
			reader.at += length;
			break;
		case 0x11: /* offset_extended_sf */
			register_number = read_uleb(&reader);
			SET(register_number, .kind = RULE_OFFSET, .offset = read_sleb(&reader) * common->data_align);
			break;
		case 0x12: /* def_cfa_sf */
			row->cfa_register = read_uleb(&reader);
			row->cfa_offset = read_sleb(&reader) * common->data_align;
			row->cfa_expression = NULL;
			break;
		case 0x13: /* def_cfa_offset_sf */
			row->cfa_offset = read_sleb(&reader) * common->data_align;
			break;
		case 0x14: /* val_offset */
			register_number = read_uleb(&reader);
			SET(register_number, .kind = RULE_VALUE_OFFSET, .offset = (int64_t)read_uleb(&reader) * common->data_align);
			break;
		case 0x2E: /* GNU_args_size */
			read_uleb(&reader);
			break;
		default:
			return false;
		}
	}
#undef SET
	return true;
}

static bool apply(const struct row *row, uint64_t return_register, struct host_frame *frame)
{
	struct host_frame caller = *frame;
	uint64_t cfa;

	if (row->cfa_expression) {
		if (!evaluate(row->cfa_expression, row->cfa_length, frame, false, 0, &cfa))
			return false;
	} else {
		if (row->cfa_register >= HOST_FRAME_REGISTERS)
			return false;
		cfa = frame->registers[row->cfa_register] + (uint64_t)row->cfa_offset;
	}
	caller.registers[HOST_FRAME_RSP] = cfa;
	for (unsigned i = 0; i < MAX_REGISTERS; i++) {
		const struct rule *rule = &row->rules[i];
		uint64_t value = 0;

		switch (rule->kind) {
		case RULE_SAME:
			continue;
		case RULE_UNDEFINED:
			if (i == return_register)
				return false;
			continue;
		case RULE_OFFSET:
			value = cfa + (uint64_t)rule->offset;
			break;
		case RULE_EXPRESSION:
			if (!evaluate(rule->expression, rule->length, frame, true, cfa, &value))
				return false;
			break;
		case RULE_VALUE_OFFSET:
			if (i < HOST_FRAME_REGISTERS)
				caller.registers[i] = cfa + (uint64_t)rule->offset;
			continue;
		case RULE_VALUE_EXPRESSION:
			if (!evaluate(rule->expression, rule->length, frame, true, cfa, &value))
				return false;
			if (i < HOST_FRAME_REGISTERS)
				caller.registers[i] = value;
			continue;
		case RULE_REGISTER:
			if (i < HOST_FRAME_REGISTERS && rule->offset < HOST_FRAME_REGISTERS)
				caller.registers[i] = frame->registers[rule->offset];
			continue;
		}
		/* Registers that are not what they should be lead anywhere. */
		if (i < HOST_FRAME_REGISTERS
			    ? host_copy_from_guest(&caller.registers[i], (const void *)(uintptr_t)value, 8)
			    : host_copy_from_guest(caller.xmm[i - HOST_FRAME_REGISTERS], (const void *)(uintptr_t)value, 16))
			return false;
	}
	*frame = caller;
	return true;
}

bool host_unwind_step(struct host_frame *frame, bool after_call)
{
	uint64_t pc = frame->registers[HOST_FRAME_PC] - after_call;
	const uint8_t *entry = find_entry(pc);
	uint64_t start, range;
	struct row row, initial;
	struct common common;
	struct reader reader;
	uint32_t length, pointer;

	if (!entry)
		return false;
	memcpy(&length, entry, 4);
	memcpy(&pointer, entry + 4, 4);
	if (!length || length == UINT32_MAX || !parse_common(entry + 4 - pointer, &common))
		return false;
	reader = (struct reader){entry + 8, entry + 4 + length};
	start = read_encoded(&reader, common.pointer_encoding, 0);
	range = read_encoded(&reader, common.pointer_encoding & 0x0F, 0);
	if (pc < start || pc >= start + range)
		return false;
	if (common.augmented) {
		uint64_t size = read_uleb(&reader);

		reader.at += size;
	}
	memset(&row, 0, sizeof(row));
	if (!run(&common, common.instructions, common.instructions_end, 0, UINT64_MAX, &row, NULL))
		return false;
	initial = row;
	if (!run(&common, reader.at, reader.end, start, pc, &row, &initial))
		return false;
	return common.return_register == HOST_FRAME_PC && apply(&row, common.return_register, frame);
}
