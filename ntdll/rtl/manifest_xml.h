/*
 * ntdll/rtl/manifest_xml.h - as much of XML as manifests need: elements, attributes, text, namespaces; comments and instructions
 * are passed over.  A cursor over UTF-8 text; nothing is allocated.
 */
#ifndef PEWTER_NTDLL_RTL_MANIFEST_XML_H
#define PEWTER_NTDLL_RTL_MANIFEST_XML_H

#include <stdbool.h>
#include <stddef.h>

struct xml_text {
	const char *at;
	size_t length;
};

/* More than manifests have; elements lie on the stack, one for each level. */
#define XML_ATTRIBUTES 16u
#define XML_BINDINGS 64u
#define XML_DEPTH 16u

struct xml_element {
	struct xml_text full, name, space; /* name without its prefix; space: the namespace, empty for none that is known */
	struct {
		struct xml_text name, value;
	} attributes[XML_ATTRIBUTES];
	unsigned attribute_count, bindings;
	bool empty; /* <x/> */
};

struct xml {
	const char *at, *end;
	struct {
		struct xml_text prefix, space;
	} bindings[XML_BINDINGS];
	unsigned binding_count, depth;
	bool failed; /* not well formed */
};

void xml_begin(struct xml *xml, const char *text, size_t size);
/* The next element inside `parent` (NULL: the outermost one); false: there is none, and the parent's end has been passed.  An
 * element that is returned must be passed: by asking for its children until there are none, by xml_skip, or by xml_content. */
bool xml_child(struct xml *xml, const struct xml_element *parent, struct xml_element *child);
void xml_skip(struct xml *xml, const struct xml_element *element);
/* The text inside, without spaces around it; elements in it are passed over. */
struct xml_text xml_content(struct xml *xml, const struct xml_element *element);
/* Behind the outermost element: nothing but comments and spaces. */
bool xml_at_end(struct xml *xml);

bool xml_is(const struct xml_text *text, const char *string);
/* length 0 and at NULL: there is no such attribute. */
struct xml_text xml_attribute(const struct xml_element *element, const char *name);

#endif
