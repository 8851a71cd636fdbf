/*
 * dlls/windowscodecs/options.c - the options of a codec: IPropertyBag2 with fixed names and types.
 */
#include "dlls/windowscodecs/wic.h"

struct option {
	const char16_t *name;
	VARTYPE type;
	size_t offset;
};

struct property_bag {
	IUnknown iface;
	LONG references;
	const struct option *options;
	UINT count;
	struct wic_options values;
};

#define OPTION(name, type, member) {name, type, offsetof(struct wic_options, member)}
static const struct option png_options[] = {OPTION(u"InterlaceOption", VT_BOOL, interlace),
					    OPTION(u"FilterOption", VT_UI1, filter)};
static const struct option jpeg_options[] = {OPTION(u"ImageQuality", VT_R4, quality),
					     OPTION(u"JpegYCrCbSubsampling", VT_UI1, subsampling)};
static const struct option tiff_options[] = {OPTION(u"TiffCompressionMethod", VT_UI1, tiff_compression),
					     OPTION(u"CompressionQuality", VT_R4, quality)};
static const struct option bmp_options[] = {OPTION(u"EnableV5Header32bppBGRA", VT_BOOL, v5_header)};
const struct wic_options wic_default_options = {.quality = 0.9f};

static void bag_destroy(struct property_bag *bag)
{
}
WIC_OBJECT(struct property_bag, IUnknown, bag, &IID_IPropertyBag2)

typedef struct tagPROPBAG2 {
	DWORD dwType;
	VARTYPE vt;
	WORD cfType;
	DWORD dwHint;
	LPOLESTR pstrName;
	CLSID clsid;
} PROPBAG2;

static const struct option *find_option(struct property_bag *bag, const PROPBAG2 *property)
{
	for (UINT i = 0; i < bag->count && property->pstrName; i++) {
		const char16_t *a = bag->options[i].name, *b = property->pstrName;

		while (*a && *a == *b) {
			a++;
			b++;
		}
		if (*a == *b)
			return &bag->options[i];
	}
	return NULL;
}

static HRESULT WINAPI bag_Read(IUnknown *self, ULONG count, PROPBAG2 *properties, IUnknown *log, VARIANT *values,
			       HRESULT *errors)
{
	struct property_bag *bag = (struct property_bag *)self;
	HRESULT result = S_OK;

	for (ULONG i = 0; i < count; i++) {
		const struct option *option = find_option(bag, &properties[i]);
		const BYTE *value = option ? (const BYTE *)&bag->values + option->offset : NULL;

		if (errors)
			errors[i] = option ? S_OK : WINCODEC_ERR_PROPERTYNOTFOUND;
		if (!option) {
			result = WINCODEC_ERR_PROPERTYNOTFOUND;
			continue;
		}
		memset(&values[i], 0, sizeof(values[i]));
		values[i].vt = option->type;
		if (option->type == VT_R4)
			memcpy(&values[i].fltVal, value, sizeof(float));
		else if (option->type == VT_BOOL)
			values[i].boolVal = *value ? VARIANT_TRUE : VARIANT_FALSE;
		else
			values[i].bVal = *value;
	}
	return result;
}

static HRESULT WINAPI bag_Write(IUnknown *self, ULONG count, PROPBAG2 *properties, VARIANT *values)
{
	struct property_bag *bag = (struct property_bag *)self;

	for (ULONG i = 0; i < count; i++) {
		const struct option *option = find_option(bag, &properties[i]);
		BYTE *value = option ? (BYTE *)&bag->values + option->offset : NULL;

		if (!option)
			return E_FAIL;
		if (values[i].vt != option->type)
			return WINCODEC_ERR_PROPERTYUNEXPECTEDTYPE;
		if (option->type == VT_R4)
			memcpy(value, &values[i].fltVal, sizeof(float));
		else if (option->type == VT_BOOL)
			*value = values[i].boolVal != VARIANT_FALSE;
		else
			*value = values[i].bVal;
	}
	return S_OK;
}

static HRESULT WINAPI bag_CountProperties(IUnknown *self, ULONG *count)
{
	if (!count)
		return E_INVALIDARG;
	*count = ((struct property_bag *)self)->count;
	return S_OK;
}

static HRESULT WINAPI bag_GetPropertyInfo(IUnknown *self, ULONG first, ULONG count, PROPBAG2 *properties, ULONG *done)
{
	struct property_bag *bag = (struct property_bag *)self;

	if (!properties || !done)
		return E_INVALIDARG;
	/* a bag without options has none to tell at its beginning, which is no error */
	if (first >= bag->count && first)
		return WINCODEC_ERR_VALUEOUTOFRANGE;
	*done = count < bag->count - first ? count : bag->count - first;
	for (ULONG i = 0; i < *done; i++) {
		const struct option *option = &bag->options[first + i];
		size_t length = 1;

		while (option->name[length - 1])
			length++;
		memset(&properties[i], 0, sizeof(properties[i]));
		properties[i].dwType = 1; /* PROPBAG2_TYPE_DATA */
		properties[i].vt = option->type;
		properties[i].dwHint = first + i + 1;
		properties[i].pstrName = CoTaskMemAlloc(length * sizeof(WCHAR));
		if (!properties[i].pstrName)
			return E_OUTOFMEMORY;
		memcpy(properties[i].pstrName, option->name, length * sizeof(WCHAR));
	}
	return S_OK;
}

static HRESULT WINAPI bag_LoadObject(IUnknown *self, LPCOLESTR name, DWORD hint, IUnknown *object, IUnknown *log)
{
	return E_NOTIMPL;
}

static const struct {
	COM_UNKNOWN(IUnknown);
	HRESULT(WINAPI *Read)(IUnknown *, ULONG, PROPBAG2 *, IUnknown *, VARIANT *, HRESULT *);
	HRESULT(WINAPI *Write)(IUnknown *, ULONG, PROPBAG2 *, VARIANT *);
	HRESULT(WINAPI *CountProperties)(IUnknown *, ULONG *);
	HRESULT(WINAPI *GetPropertyInfo)(IUnknown *, ULONG, ULONG, PROPBAG2 *, ULONG *);
	HRESULT(WINAPI *LoadObject)(IUnknown *, LPCOLESTR, DWORD, IUnknown *, IUnknown *);
} bag_vtbl = {bag_QueryInterface,  bag_AddRef,		bag_Release,   bag_Read, bag_Write,
	      bag_CountProperties, bag_GetPropertyInfo, bag_LoadObject};

HRESULT wic_create_options(const struct wic_codec *codec, IUnknown **bag)
{
	struct property_bag *made = com_allocate(sizeof(*made));

	*bag = made ? &made->iface : NULL;
	if (!made)
		return E_OUTOFMEMORY;
	made->iface.vtbl = (const IUnknownVtbl *)&bag_vtbl;
	made->references = 1;
	made->values = wic_default_options;
	if (codec == &wic_png_codec) {
		made->options = png_options;
		made->count = ARRAY_SIZE(png_options);
	} else if (codec == &wic_jpeg_codec) {
		made->options = jpeg_options;
		made->count = ARRAY_SIZE(jpeg_options);
	} else if (codec == &wic_tiff_codec) {
		made->options = tiff_options;
		made->count = ARRAY_SIZE(tiff_options);
	} else if (codec == &wic_bmp_codec) {
		made->options = bmp_options;
		made->count = ARRAY_SIZE(bmp_options);
	}
	return S_OK;
}

/* Only a bag of ours can come here: the caller got it from CreateNewFrame. */
void wic_take_options(IUnknown *bag, struct wic_options *options)
{
	if (bag && bag->vtbl == (const IUnknownVtbl *)&bag_vtbl)
		*options = ((struct property_bag *)bag)->values;
}
