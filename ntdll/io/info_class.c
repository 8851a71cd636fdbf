/*
 * ntdll/io/info_class.c - the rules of file information classes, for questions and for orders, in one table.
 *
 * Lengths below the fixed sizes are STATUS_INFO_LENGTH_MISMATCH; for classes with a name it is the part before it.
 * What a class needs besides any access at all: [MS-FSA] 2.1.5.11 and 2.1.5.14.
 */
#include "ntdll/io/private.h"

static const struct rules {
	FILE_INFORMATION_CLASS info_class;
	struct io_class_rule query, set;
} rules[] = {
	{FileBasicInformation, {sizeof(FILE_BASIC_INFORMATION), FILE_READ_ATTRIBUTES},
	 {sizeof(FILE_BASIC_INFORMATION), FILE_WRITE_ATTRIBUTES}},
	{FileStandardInformation, {sizeof(FILE_STANDARD_INFORMATION), 0}, {0, 0}},
	{FileInternalInformation, {sizeof(FILE_INTERNAL_INFORMATION), 0}, {0, 0}},
	{FileEaInformation, {sizeof(FILE_EA_INFORMATION), 0}, {0, 0}},
	{FileAccessInformation, {sizeof(FILE_ACCESS_INFORMATION), 0}, {0, 0}},
	{FileNameInformation, {sizeof(FILE_NAME_INFORMATION), 0}, {0, 0}},
	{FileNormalizedNameInformation, {sizeof(FILE_NAME_INFORMATION), 0}, {0, 0}},
	{FileAlternateNameInformation, {sizeof(FILE_NAME_INFORMATION), 0}, {0, 0}},
	{FileVolumeNameInformation, {sizeof(FILE_NAME_INFORMATION), 0}, {0, 0}},
	{FileRenameInformation, {0, 0}, {sizeof(FILE_RENAME_INFORMATION), DELETE}},
	{FileRenameInformationEx, {0, 0}, {sizeof(FILE_RENAME_INFORMATION), DELETE}},
	{FileLinkInformation, {0, 0}, {sizeof(FILE_RENAME_INFORMATION), 0}},
	{FileLinkInformationEx, {0, 0}, {sizeof(FILE_RENAME_INFORMATION), 0}},
	{FileDispositionInformation, {0, 0}, {sizeof(BOOLEAN), DELETE}},
	{FileDispositionInformationEx, {0, 0}, {sizeof(ULONG), DELETE}},
	{FilePositionInformation, {sizeof(FILE_POSITION_INFORMATION), 0}, {sizeof(LARGE_INTEGER), 0}},
	{FileModeInformation, {sizeof(FILE_MODE_INFORMATION), 0}, {sizeof(ULONG), 0}},
	{FileAlignmentInformation, {sizeof(FILE_ALIGNMENT_INFORMATION), 0}, {0, 0}},
	{FileAllInformation, {sizeof(FILE_ALL_INFORMATION), FILE_READ_ATTRIBUTES}, {0, 0}},
	{FileAllocationInformation, {0, 0}, {sizeof(LARGE_INTEGER), FILE_WRITE_DATA}},
	{FileEndOfFileInformation, {0, 0}, {sizeof(LARGE_INTEGER), FILE_WRITE_DATA}},
	{FileValidDataLengthInformation, {0, 0}, {sizeof(LARGE_INTEGER), FILE_WRITE_DATA}},
	{FileStreamInformation, {offsetof(FILE_STREAM_INFORMATION, StreamName), 0}, {0, 0}},
	{FilePipeInformation, {sizeof(FILE_PIPE_INFORMATION), FILE_READ_ATTRIBUTES},
	 {sizeof(FILE_PIPE_INFORMATION), FILE_WRITE_ATTRIBUTES}},
	{FilePipeLocalInformation, {sizeof(FILE_PIPE_LOCAL_INFORMATION), FILE_READ_ATTRIBUTES}, {0, 0}},
	{FileCompressionInformation, {sizeof(FILE_COMPRESSION_INFORMATION), 0}, {0, 0}},
	{FileCompletionInformation, {0, 0}, {sizeof(FILE_COMPLETION_INFORMATION), 0}},
	{FileReplaceCompletionInformation, {0, 0}, {sizeof(FILE_COMPLETION_INFORMATION), 0}},
	{FileNetworkOpenInformation, {sizeof(FILE_NETWORK_OPEN_INFORMATION), FILE_READ_ATTRIBUTES}, {0, 0}},
	{FileAttributeTagInformation, {sizeof(FILE_ATTRIBUTE_TAG_INFORMATION), FILE_READ_ATTRIBUTES}, {0, 0}},
	{FileIoCompletionNotificationInformation, {sizeof(ULONG), 0}, {sizeof(ULONG), 0}},
	{FileIoPriorityHintInformation, {sizeof(ULONG), 0}, {sizeof(ULONG), 0}},
	{FileCaseSensitiveInformation, {sizeof(ULONG), 0}, {0, 0}},
	{FileStandardLinkInformation, {sizeof(FILE_STANDARD_LINK_INFORMATION), 0}, {0, 0}},
	{FileIdInformation, {sizeof(FILE_ID_INFORMATION), 0}, {0, 0}},
	{FileStatInformation, {sizeof(FILE_STAT_INFORMATION), 0}, {0, 0}},
};

static const struct rules *find(FILE_INFORMATION_CLASS info_class)
{
	static const struct rules none;

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (rules[i].info_class == info_class)
			return &rules[i];
	return &none;
}

struct io_class_rule io_query_rule(FILE_INFORMATION_CLASS info_class)
{
	return find(info_class)->query;
}

struct io_class_rule io_set_rule(FILE_INFORMATION_CLASS info_class)
{
	return find(info_class)->set;
}
