/*
 * dlls/windowscodecs/windowscodecs.c - the builtin windowscodecs.dll: its classes and the few functions that are not
 * methods.
 */
#include "dlls/windowscodecs/wic.h"

DEFINE_DLL(windowscodecs, .name = "windowscodecs.dll");

struct class {
	IClassFactory factory;
	CLSID clsid;
};

static HRESULT create_object(const CLSID *clsid, IUnknown **object);

static HRESULT WINAPI class_QueryInterface(IClassFactory *self, REFIID iid, void **object)
{
	if (!object)
		return E_INVALIDARG;
	*object = NULL;
	if (!com_guid_equal(iid, &IID_IUnknown) && !com_guid_equal(iid, &IID_IClassFactory))
		return E_NOINTERFACE;
	*object = self;
	return S_OK;
}

/* Class objects are static: their counts stand still. */
static ULONG WINAPI class_AddRef(IClassFactory *self)
{
	return 2;
}

static ULONG WINAPI class_Release(IClassFactory *self)
{
	return 1;
}

static HRESULT WINAPI class_CreateInstance(IClassFactory *self, IUnknown *outer, REFIID iid, void **object)
{
	IUnknown *made;
	HRESULT result;

	if (!object)
		return E_INVALIDARG;
	*object = NULL;
	if (outer)
		return CLASS_E_NOAGGREGATION;
	result = create_object(&((struct class *)self)->clsid, &made);
	if (FAILED(result))
		return result;
	result = made->vtbl->QueryInterface(made, iid, object);
	made->vtbl->Release(made);
	return result;
}

/* The DLL is never unloaded, so it needs no lock. */
static HRESULT WINAPI class_LockServer(IClassFactory *self, BOOL lock)
{
	return S_OK;
}

static const IClassFactoryVtbl class_vtbl = {class_QueryInterface, class_AddRef, class_Release, class_CreateInstance,
					     class_LockServer};

static struct class classes[] = {
	{{&class_vtbl}, {0xCACAF262, 0x9370, 0x4615, {0xA1, 0x3B, 0x9F, 0x55, 0x39, 0xDA, 0x4C, 0x0A}}},
	{{&class_vtbl}, {0x317D06E8, 0x5F24, 0x433D, {0xBD, 0xF7, 0x79, 0xCE, 0x68, 0xD8, 0xAB, 0xC2}}},
	{{&class_vtbl}, {0x1A3F11DC, 0xB514, 0x4B17, {0x8C, 0x5F, 0x21, 0x54, 0x51, 0x38, 0x52, 0xF1}}},
	{{&class_vtbl}, {0x389EA17B, 0x5078, 0x4CDE, {0xB6, 0xEF, 0x25, 0xC1, 0x51, 0x75, 0xC7, 0x51}}},
	{{&class_vtbl}, {0xE018945B, 0xAA86, 0x4008, {0x9B, 0xD4, 0x67, 0x77, 0xA1, 0xE4, 0x0C, 0x11}}},
	{{&class_vtbl}, {0x9456A480, 0xE88B, 0x43EA, {0x9E, 0x73, 0x0B, 0x2D, 0x9B, 0x71, 0xB1, 0xCA}}},
	{{&class_vtbl}, {0x6B462062, 0x7CBF, 0x400D, {0x9F, 0xDB, 0x81, 0x3D, 0xD1, 0x0F, 0x27, 0x78}}},
	{{&class_vtbl}, {0xB54E85D9, 0xFE23, 0x499F, {0x8B, 0x88, 0x6A, 0xCE, 0xA7, 0x13, 0x75, 0x2B}}},
	{{&class_vtbl}, {0x381DDA3C, 0x9CE9, 0x4834, {0xA2, 0x3E, 0x1F, 0x98, 0xF8, 0xFC, 0x52, 0xBE}}},
	{{&class_vtbl}, {0x27949969, 0x876A, 0x41D7, {0x94, 0x47, 0x56, 0x8F, 0x6A, 0x35, 0xA4, 0xDC}}},
	{{&class_vtbl}, {0x1A34F5C1, 0x4A5A, 0x46DC, {0xB6, 0x44, 0x1F, 0x45, 0x67, 0xE7, 0xA6, 0x76}}},
	{{&class_vtbl}, {0x69BE8BB4, 0xD66D, 0x47C8, {0x86, 0x5A, 0xED, 0x15, 0x89, 0x43, 0x37, 0x82}}},
	{{&class_vtbl}, {0x0131BE10, 0x2001, 0x4C5F, {0xA9, 0xB0, 0xCC, 0x88, 0xFA, 0xB6, 0x4C, 0xE8}}},
};

/* The second PNG decoder class is the first with metadata that we treat alike. */
static const GUID png_decoder2 = {0xE018945B, 0xAA86, 0x4008, {0x9B, 0xD4, 0x67, 0x77, 0xA1, 0xE4, 0x0C, 0x11}};

static HRESULT create_object(const CLSID *clsid, IUnknown **object)
{
	if (com_guid_equal(clsid, &classes[0].clsid) || com_guid_equal(clsid, &classes[1].clsid))
		return wic_create_factory(&IID_IUnknown, (void **)object);
	if (com_guid_equal(clsid, &classes[2].clsid))
		return wic_create_converter((void **)object);
	for (size_t i = 0; i < wic_codec_count; i++) {
		const struct wic_codec *codec = wic_codecs[i];

		if (com_guid_equal(clsid, &codec->decoder) ||
		    (codec == &wic_png_codec && com_guid_equal(clsid, &png_decoder2)))
			return wic_create_decoder(codec, (IWICBitmapDecoder **)object);
		if (codec->encode && com_guid_equal(clsid, &codec->encoder))
			return wic_create_encoder(codec, (IWICBitmapEncoder **)object);
	}
	return CLASS_E_CLASSNOTAVAILABLE;
}

EXPORT_AS(windowscodecs, "DllGetClassObject", HRESULT, wic_DllGetClassObject,
	  (REFCLSID clsid, REFIID iid, LPVOID *object))
{
	if (!object)
		return E_INVALIDARG;
	*object = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		if (com_guid_equal(&classes[i].clsid, clsid))
			return class_QueryInterface(&classes[i].factory, iid, object);
	}
	return CLASS_E_CLASSNOTAVAILABLE;
}

/* S_FALSE: never idle. */
EXPORT_AS(windowscodecs, "DllCanUnloadNow", HRESULT, wic_DllCanUnloadNow, (void))
{
	return S_FALSE;
}

/* MSDN WICConvertBitmapSource: the source itself if it has the format already. */
EXPORT(windowscodecs, HRESULT, WICConvertBitmapSource,
       (const GUID *format, IWICBitmapSource *source, IWICBitmapSource **converted))
{
	const struct wic_format *to = wic_find_format(format);
	struct wic_image *image, *result_image;
	GUID current;
	HRESULT result;

	if (!source || !converted)
		return E_INVALIDARG;
	*converted = NULL;
	result = COM_CALL(source, GetPixelFormat, &current, 0, 0);
	if (FAILED(result))
		return result;
	if (com_guid_equal(&current, format))
		return COM_QUERY(source, &IID_IWICBitmapSource, converted);
	if (!to)
		return WINCODEC_ERR_COMPONENTNOTFOUND;
	result = wic_image_from_source(source, NULL, &image);
	if (FAILED(result))
		return result;
	result = wic_convert_image(image, to, NULL, 0, 0, &result_image);
	wic_image_release(image);
	if (FAILED(result))
		return result == WINCODEC_ERR_UNSUPPORTEDPIXELFORMAT ? WINCODEC_ERR_COMPONENTNOTFOUND : result;
	return wic_create_bitmap(result_image, (void **)converted);
}

EXPORT(windowscodecs, HRESULT, WICCreateImagingFactory_Proxy, (UINT version, void **factory))
{
	if (!factory)
		return E_INVALIDARG;
	return wic_create_factory(version >= 0x237 ? &IID_IWICImagingFactory2 : &IID_IWICImagingFactory, factory);
}
