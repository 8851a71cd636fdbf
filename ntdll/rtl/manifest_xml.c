/*
 * ntdll/rtl/manifest_xml.c - reading XML.
 */
#include "ntdll/rtl/manifest_xml.h"

#include <string.h>

void xml_begin(struct xml *xml, const char *text, size_t size)
{
	memset(xml, 0, sizeof(*xml));
	xml->at = text;
	xml->end = text + size;
}

bool xml_is(const struct xml_text *text, const char *string)
{
	size_t length = strlen(string);

	return text->length == length && memcmp(text->at, string, length) == 0;
}

struct xml_text xml_attribute(const struct xml_element *element, const char *name)
{
	for (unsigned i = 0; i < element->attribute_count; i++)
		if (xml_is(&element->attributes[i].name, name))
			return element->attributes[i].value;
	return (struct xml_text){NULL, 0};
}

static bool fail(struct xml *xml)
{
	xml->failed = true;
	xml->at = xml->end;
	return false;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_spaces(struct xml *xml)
{
	while (xml->at < xml->end && is_space(*xml->at))
		xml->at++;
}

static bool looking_at(const struct xml *xml, const char *string)
{
	size_t length = strlen(string);

	return (size_t)(xml->end - xml->at) >= length && memcmp(xml->at, string, length) == 0;
}

/* Behind the next occurrence. */
static bool skip_past(struct xml *xml, const char *string)
{
	for (; xml->at < xml->end; xml->at++)
		if (looking_at(xml, string)) {
			xml->at += strlen(string);
			return true;
		}
	return fail(xml);
}

static bool ends_name(char c)
{
	return is_space(c) || c == '=' || c == '>' || c == '/' || c == '<' || c == '"' || c == '\'' || c == '&';
}

static bool read_name(struct xml *xml, struct xml_text *name)
{
	name->at = xml->at;
	while (xml->at < xml->end && !ends_name(*xml->at))
		xml->at++;
	name->length = (size_t)(xml->at - name->at);
	return name->length != 0 || fail(xml);
}

static bool equal(const struct xml_text *a, const struct xml_text *b)
{
	return a->length == b->length && memcmp(a->at, b->at, a->length) == 0;
}

static bool bind(struct xml *xml, struct xml_element *element, const struct xml_text *name, const struct xml_text *value)
{
	struct xml_text prefix = {name->at + 5, 0};

	if (name->length > 5)
		prefix = (struct xml_text){name->at + 6, name->length - 6};
	if (xml->binding_count == XML_BINDINGS)
		return fail(xml);
	xml->bindings[xml->binding_count].prefix = prefix;
	xml->bindings[xml->binding_count].space = *value;
	xml->binding_count++;
	element->bindings++;
	return true;
}

static bool read_attribute(struct xml *xml, struct xml_element *element)
{
	struct xml_text name, value;
	char quote;

	if (!read_name(xml, &name))
		return false;
	skip_spaces(xml);
	if (!looking_at(xml, "="))
		return fail(xml);
	xml->at++;
	skip_spaces(xml);
	quote = xml->at < xml->end ? *xml->at : 0;
	if (quote != '"' && quote != '\'')
		return fail(xml);
	value.at = ++xml->at;
	while (xml->at < xml->end && *xml->at != quote && *xml->at != '<')
		xml->at++;
	if (xml->at == xml->end || *xml->at != quote)
		return fail(xml);
	value.length = (size_t)(xml->at - value.at);
	xml->at++;
	if (name.length >= 5 && memcmp(name.at, "xmlns", 5) == 0 && (name.length == 5 || name.at[5] == ':'))
		return bind(xml, element, &name, &value);
	if (element->attribute_count == XML_ATTRIBUTES)
		return fail(xml);
	for (unsigned i = 0; i < element->attribute_count; i++)
		if (equal(&element->attributes[i].name, &name))
			return fail(xml);
	element->attributes[element->attribute_count].name = name;
	element->attributes[element->attribute_count].value = value;
	element->attribute_count++;
	return true;
}

static void resolve_name(const struct xml *xml, struct xml_element *element)
{
	const char *colon = memchr(element->full.at, ':', element->full.length);
	struct xml_text prefix = {element->full.at, colon ? (size_t)(colon - element->full.at) : 0};

	element->name = element->full;
	if (colon) {
		element->name.at = colon + 1;
		element->name.length -= prefix.length + 1;
	}
	element->space = (struct xml_text){"", 0};
	for (unsigned i = xml->binding_count; i-- > 0;)
		if (equal(&xml->bindings[i].prefix, &prefix)) {
			element->space = xml->bindings[i].space;
			break;
		}
}

static bool read_start(struct xml *xml, struct xml_element *element)
{
	memset(element, 0, sizeof(*element));
	xml->at++; /* < */
	if (!read_name(xml, &element->full))
		return false;
	for (;;) {
		const char *before = xml->at;

		skip_spaces(xml);
		element->empty = looking_at(xml, "/>");
		if (element->empty || looking_at(xml, ">")) {
			xml->at += element->empty ? 2 : 1;
			break;
		}
		if (xml->at == before || xml->at == xml->end)
			return fail(xml);
		if (!read_attribute(xml, element))
			return false;
	}
	resolve_name(xml, element);
	if (element->empty)
		xml->binding_count -= element->bindings;
	else if (++xml->depth > XML_DEPTH)
		return fail(xml);
	return true;
}

/* The end tag that must be `element`'s. */
static void read_end(struct xml *xml, const struct xml_element *element)
{
	struct xml_text name;

	xml->at += 2; /* </ */
	if (!read_name(xml, &name))
		return;
	skip_spaces(xml);
	if (!looking_at(xml, ">") || !element || !equal(&name, &element->full)) {
		fail(xml);
		return;
	}
	xml->at++;
	xml->depth--;
	xml->binding_count -= element->bindings;
}

/* Comments, instructions, the document type; false: something else. */
static bool skip_other(struct xml *xml)
{
	if (looking_at(xml, "<!--"))
		skip_past(xml, "-->");
	else if (looking_at(xml, "<?"))
		skip_past(xml, "?>");
	else if (looking_at(xml, "<![CDATA["))
		skip_past(xml, "]]>");
	else if (looking_at(xml, "<!"))
		skip_past(xml, ">");
	else
		return false;
	return true;
}

bool xml_child(struct xml *xml, const struct xml_element *parent, struct xml_element *child)
{
	if (parent && parent->empty)
		return false;
	for (;;) {
		while (xml->at < xml->end && *xml->at != '<') {
			if (!parent && !is_space(*xml->at))
				return fail(xml);
			xml->at++;
		}
		if (xml->at == xml->end)
			return fail(xml);
		if (skip_other(xml))
			continue;
		if (looking_at(xml, "</")) {
			read_end(xml, parent);
			return false;
		}
		return read_start(xml, child);
	}
}

void xml_skip(struct xml *xml, const struct xml_element *element)
{
	struct xml_element child;

	while (xml_child(xml, element, &child))
		xml_skip(xml, &child);
}

struct xml_text xml_content(struct xml *xml, const struct xml_element *element)
{
	struct xml_text text = {xml->at, 0};

	if (element->empty)
		return text;
	while (text.at < xml->end && is_space(*text.at))
		text.at++;
	while (text.at + text.length < xml->end && text.at[text.length] != '<')
		text.length++;
	while (text.length && is_space(text.at[text.length - 1]))
		text.length--;
	xml_skip(xml, element);
	return text;
}

bool xml_at_end(struct xml *xml)
{
	for (;;) {
		skip_spaces(xml);
		if (xml->at == xml->end)
			return !xml->failed;
		if (looking_at(xml, "<![CDATA[") || !skip_other(xml))
			return fail(xml);
	}
}
