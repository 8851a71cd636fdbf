/*
 * dlls/windowscodecs/factory.c - IWICImagingFactory, by which programs reach everything else.
 */
#include "dlls/shlwapi/shlwapi.h"
#include "dlls/windowscodecs/wic.h"
#include "kernel32/api.h"
#include "kernel32/kernel32.h"

struct factory {
	IUnknown iface;
	LONG references;
};

static void factory_destroy(struct factory *factory)
{
}
WIC_OBJECT(struct factory, IUnknown, factory, &IID_IWICImagingFactory, &IID_IWICImagingFactory2)

static HRESULT WINAPI factory_CreateDecoderFromStream(IUnknown *self, IStream *stream, const GUID *vendor, INT options,
						      IWICBitmapDecoder **decoder)
{
	HRESULT result;

	if (!stream || !decoder)
		return E_INVALIDARG;
	result = wic_create_decoder(NULL, decoder);
	if (FAILED(result))
		return result;
	result = wic_decoder_open(*decoder, stream);
	if (FAILED(result)) {
		COM_RELEASE((IUnknown *)*decoder);
		*decoder = NULL;
	}
	return result;
}

static HRESULT WINAPI factory_CreateDecoderFromFilename(IUnknown *self, LPCWSTR file, const GUID *vendor, DWORD access,
							INT options, IWICBitmapDecoder **decoder)
{
	IStream *stream;
	HRESULT result;

	if (!file || !decoder)
		return E_INVALIDARG;
	*decoder = NULL;
	result = SHCreateStreamOnFileEx(file,
					(access & GENERIC_WRITE ? STGM_READWRITE : STGM_READ) | STGM_SHARE_DENY_WRITE, 0x80,
					FALSE, NULL, &stream);
	if (FAILED(result))
		return result;
	result = factory_CreateDecoderFromStream(self, stream, vendor, options, decoder);
	stream->vtbl->Release(stream);
	return result;
}

/* The file is read through the handle and the handle stays the caller's. */
static HRESULT WINAPI factory_CreateDecoderFromFileHandle(IUnknown *self, HANDLE file, const GUID *vendor, INT options,
							  IWICBitmapDecoder **decoder)
{
	LARGE_INTEGER size, zero = {.QuadPart = 0};
	IStream *stream;
	HRESULT result;
	HGLOBAL memory;
	BYTE *bytes;
	DWORD got = 0;

	if (!decoder)
		return E_INVALIDARG;
	*decoder = NULL;
	if (!GetFileSizeEx(file, &size) || !SetFilePointerEx(file, zero, NULL, FILE_BEGIN))
		return HRESULT_FROM_WIN32(get_last_error());
	if (size.QuadPart > 0x7FFFFFFF)
		return WINCODEC_ERR_IMAGESIZEOUTOFRANGE;
	memory = GlobalAlloc(GMEM_MOVEABLE, (SIZE_T)size.QuadPart);
	if (!memory)
		return E_OUTOFMEMORY;
	bytes = GlobalLock(memory);
	if (!bytes || !ReadFile(file, bytes, (DWORD)size.QuadPart, &got, NULL) || got != (DWORD)size.QuadPart) {
		GlobalFree(memory);
		return WINCODEC_ERR_STREAMREAD;
	}
	GlobalUnlock(memory);
	result = CreateStreamOnHGlobal(memory, TRUE, &stream);
	if (FAILED(result)) {
		GlobalFree(memory);
		return result;
	}
	result = factory_CreateDecoderFromStream(self, stream, vendor, options, decoder);
	stream->vtbl->Release(stream);
	return result;
}

static HRESULT WINAPI factory_CreateComponentInfo(IUnknown *self, REFCLSID clsid, IWICComponentInfo **info)
{
	if (!clsid || !info)
		return E_INVALIDARG;
	return wic_create_component_info(clsid, info);
}

static const struct wic_codec *find_container(const GUID *container)
{
	for (size_t i = 0; i < wic_codec_count; i++) {
		if (com_guid_equal(container, &wic_codecs[i]->container))
			return wic_codecs[i];
	}
	return NULL;
}

static HRESULT WINAPI factory_CreateDecoder(IUnknown *self, const GUID *container, const GUID *vendor,
					    IWICBitmapDecoder **decoder)
{
	const struct wic_codec *codec;

	if (!container || !decoder)
		return E_INVALIDARG;
	codec = find_container(container);
	return codec ? wic_create_decoder(codec, decoder) : WINCODEC_ERR_COMPONENTNOTFOUND;
}

static HRESULT WINAPI factory_CreateEncoder(IUnknown *self, const GUID *container, const GUID *vendor,
					    IWICBitmapEncoder **encoder)
{
	const struct wic_codec *codec;

	if (!container || !encoder)
		return E_INVALIDARG;
	codec = find_container(container);
	return codec && codec->encode ? wic_create_encoder(codec, encoder) : WINCODEC_ERR_COMPONENTNOTFOUND;
}

static HRESULT WINAPI factory_CreatePalette(IUnknown *self, IWICPalette **palette)
{
	return wic_create_palette(palette);
}

static HRESULT WINAPI factory_CreateFormatConverter(IUnknown *self, void **converter)
{
	return converter ? wic_create_converter(converter) : E_INVALIDARG;
}

static HRESULT WINAPI factory_CreateBitmapScaler(IUnknown *self, void **scaler)
{
	return scaler ? wic_create_scaler(scaler) : E_INVALIDARG;
}

static HRESULT WINAPI factory_CreateBitmapClipper(IUnknown *self, void **clipper)
{
	return clipper ? wic_create_clipper(clipper) : E_INVALIDARG;
}

static HRESULT WINAPI factory_CreateBitmapFlipRotator(IUnknown *self, void **rotator)
{
	return rotator ? wic_create_flip_rotator(rotator) : E_INVALIDARG;
}

static HRESULT WINAPI factory_CreateStream(IUnknown *self, void **stream)
{
	return wic_create_stream(stream);
}

static HRESULT WINAPI factory_CreateColorContext(IUnknown *self, IWICColorContext **context)
{
	return wic_create_color_context(context);
}

/* What is not offered: colour management, metadata writing, GDI's bitmaps. */
static HRESULT WINAPI factory_refuse_one(IUnknown *self, void **object)
{
	if (object)
		*object = NULL;
	return E_NOTIMPL;
}

static HRESULT WINAPI factory_refuse_two(IUnknown *self, const void *argument, void **object)
{
	return factory_refuse_one(self, object);
}

static HRESULT WINAPI factory_refuse_three(IUnknown *self, const void *argument, UINT_PTR other, void **object)
{
	return factory_refuse_one(self, object);
}

static HRESULT WINAPI factory_refuse_four(IUnknown *self, HANDLE bitmap, HANDLE palette, INT options, void **object)
{
	return factory_refuse_one(self, object);
}

static HRESULT make_image(UINT width, UINT height, const GUID *guid, struct wic_image **image)
{
	const struct wic_format *format = wic_find_format(guid);

	if (!width || !height)
		return E_INVALIDARG;
	if (!format)
		return WINCODEC_ERR_UNSUPPORTEDPIXELFORMAT;
	*image = wic_image_create(width, height, format);
	if (*image)
		(*image)->dpi_x = (*image)->dpi_y = 0.0; /* a new bitmap has none: IWICBitmap::SetResolution */
	return *image ? S_OK : E_OUTOFMEMORY;
}

static HRESULT WINAPI factory_CreateBitmap(IUnknown *self, UINT width, UINT height, const GUID *format, INT option,
					   void **bitmap)
{
	struct wic_image *image;
	HRESULT result;

	if (!format || !bitmap)
		return E_INVALIDARG;
	*bitmap = NULL;
	result = make_image(width, height, format, &image);
	return FAILED(result) ? result : wic_create_bitmap(image, bitmap);
}

static HRESULT WINAPI factory_CreateBitmapFromSource(IUnknown *self, IWICBitmapSource *source, INT option, void **bitmap)
{
	struct wic_image *image;
	HRESULT result;

	if (!source || !bitmap)
		return E_INVALIDARG;
	*bitmap = NULL;
	result = wic_image_from_source(source, NULL, &image);
	return FAILED(result) ? result : wic_create_bitmap(image, bitmap);
}

static HRESULT WINAPI factory_CreateBitmapFromSourceRect(IUnknown *self, IWICBitmapSource *source, UINT x, UINT y,
							 UINT width, UINT height, void **bitmap)
{
	WICRect area = {(INT)x, (INT)y, (INT)width, (INT)height};
	struct wic_image *image;
	HRESULT result;

	if (!source || !bitmap)
		return E_INVALIDARG;
	*bitmap = NULL;
	result = wic_image_from_source(source, &area, &image);
	return FAILED(result) ? result : wic_create_bitmap(image, bitmap);
}

static HRESULT WINAPI factory_CreateBitmapFromMemory(IUnknown *self, UINT width, UINT height, const GUID *format,
						     UINT stride, UINT size, BYTE *buffer, void **bitmap)
{
	struct wic_image *image;
	HRESULT result;
	UINT row;

	if (!format || !buffer || !bitmap)
		return E_INVALIDARG;
	*bitmap = NULL;
	result = make_image(width, height, format, &image);
	if (FAILED(result))
		return result;
	row = wic_row_bytes(image->format, width);
	if (stride < row || (ULONGLONG)stride * (height - 1) + row > size) {
		wic_image_release(image);
		return stride < row ? E_INVALIDARG : WINCODEC_ERR_INSUFFICIENTBUFFER;
	}
	for (UINT y = 0; y < height; y++)
		memcpy(image->pixels + (size_t)y * image->stride, buffer + (size_t)y * stride, row);
	return wic_create_bitmap(image, bitmap);
}

static const struct {
	COM_UNKNOWN(IUnknown);
	HRESULT(WINAPI *CreateDecoderFromFilename)(IUnknown *, LPCWSTR, const GUID *, DWORD, INT, IWICBitmapDecoder **);
	HRESULT(WINAPI *CreateDecoderFromStream)(IUnknown *, IStream *, const GUID *, INT, IWICBitmapDecoder **);
	HRESULT(WINAPI *CreateDecoderFromFileHandle)(IUnknown *, HANDLE, const GUID *, INT, IWICBitmapDecoder **);
	HRESULT(WINAPI *CreateComponentInfo)(IUnknown *, REFCLSID, IWICComponentInfo **);
	HRESULT(WINAPI *CreateDecoder)(IUnknown *, const GUID *, const GUID *, IWICBitmapDecoder **);
	HRESULT(WINAPI *CreateEncoder)(IUnknown *, const GUID *, const GUID *, IWICBitmapEncoder **);
	HRESULT(WINAPI *CreatePalette)(IUnknown *, IWICPalette **);
	HRESULT(WINAPI *CreateFormatConverter)(IUnknown *, void **);
	HRESULT(WINAPI *CreateBitmapScaler)(IUnknown *, void **);
	HRESULT(WINAPI *CreateBitmapClipper)(IUnknown *, void **);
	HRESULT(WINAPI *CreateBitmapFlipRotator)(IUnknown *, void **);
	HRESULT(WINAPI *CreateStream)(IUnknown *, void **);
	HRESULT(WINAPI *CreateColorContext)(IUnknown *, IWICColorContext **);
	HRESULT(WINAPI *CreateColorTransformer)(IUnknown *, void **);
	HRESULT(WINAPI *CreateBitmap)(IUnknown *, UINT, UINT, const GUID *, INT, void **);
	HRESULT(WINAPI *CreateBitmapFromSource)(IUnknown *, IWICBitmapSource *, INT, void **);
	HRESULT(WINAPI *CreateBitmapFromSourceRect)(IUnknown *, IWICBitmapSource *, UINT, UINT, UINT, UINT, void **);
	HRESULT(WINAPI *CreateBitmapFromMemory)
	(IUnknown *, UINT, UINT, const GUID *, UINT, UINT, BYTE *, void **);
	HRESULT(WINAPI *CreateBitmapFromHBITMAP)(IUnknown *, HANDLE, HANDLE, INT, void **);
	HRESULT(WINAPI *CreateBitmapFromHICON)(IUnknown *, const void *, void **);
	HRESULT(WINAPI *CreateComponentEnumerator)(IUnknown *, const void *, UINT_PTR, void **);
	HRESULT(WINAPI *CreateFastMetadataEncoderFromDecoder)(IUnknown *, const void *, void **);
	HRESULT(WINAPI *CreateFastMetadataEncoderFromFrameDecode)(IUnknown *, const void *, void **);
	HRESULT(WINAPI *CreateQueryWriter)(IUnknown *, const void *, UINT_PTR, void **);
	HRESULT(WINAPI *CreateQueryWriterFromReader)(IUnknown *, const void *, UINT_PTR, void **);
	HRESULT(WINAPI *CreateImageEncoder)(IUnknown *, const void *, void **);
} factory_vtbl = {
	factory_QueryInterface,
	factory_AddRef,
	factory_Release,
	factory_CreateDecoderFromFilename,
	factory_CreateDecoderFromStream,
	factory_CreateDecoderFromFileHandle,
	factory_CreateComponentInfo,
	factory_CreateDecoder,
	factory_CreateEncoder,
	factory_CreatePalette,
	factory_CreateFormatConverter,
	factory_CreateBitmapScaler,
	factory_CreateBitmapClipper,
	factory_CreateBitmapFlipRotator,
	factory_CreateStream,
	factory_CreateColorContext,
	factory_refuse_one,
	factory_CreateBitmap,
	factory_CreateBitmapFromSource,
	factory_CreateBitmapFromSourceRect,
	factory_CreateBitmapFromMemory,
	factory_refuse_four,
	factory_refuse_two,
	factory_refuse_three,
	factory_refuse_two,
	factory_refuse_two,
	factory_refuse_three,
	factory_refuse_three,
	factory_refuse_two,
};

HRESULT wic_create_factory(REFIID iid, void **factory)
{
	struct factory *made = com_allocate(sizeof(*made));
	HRESULT result;

	*factory = NULL;
	if (!made)
		return E_OUTOFMEMORY;
	made->iface.vtbl = (const IUnknownVtbl *)&factory_vtbl;
	made->references = 1;
	result = factory_QueryInterface(&made->iface, iid, factory);
	factory_Release(&made->iface);
	return result;
}
