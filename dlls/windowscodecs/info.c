/*
 * dlls/windowscodecs/info.c - what the components say of themselves: codecs, and pixel formats by their GUID.
 */
#include "dlls/windowscodecs/wic.h"

COM_GUID(IID_IWICPixelFormatInfo, 0xE8EDA601, 0x3D48, 0x431A, 0xAB, 0x44, 0x69, 0x05, 0x9B, 0xE8, 0x8B, 0xBE);
COM_GUID(IID_IWICPixelFormatInfo2, 0xA9DB33A2, 0xAF5F, 0x43C7, 0xB6, 0x79, 0x74, 0xF5, 0x98, 0x4B, 0x5A, 0xA4);

enum component_type { DECODER = 1, ENCODER = 2, PIXEL_FORMAT = 0x20 };

struct IWICComponentInfo {
	const void *vtbl;
};

struct info {
	IWICComponentInfo iface;
	LONG references;
	const struct wic_codec *codec;
	const struct wic_format *format;
	bool encoder;
};

static void info_destroy(struct info *info)
{
}
#define format_destroy info_destroy
#define decoder_info_destroy info_destroy
#define encoder_info_destroy info_destroy
WIC_OBJECT(struct info, IWICComponentInfo, format, &IID_IWICComponentInfo, &IID_IWICPixelFormatInfo,
	   &IID_IWICPixelFormatInfo2)
WIC_OBJECT(struct info, IWICComponentInfo, decoder_info, &IID_IWICComponentInfo, &IID_IWICBitmapCodecInfo,
	   &IID_IWICBitmapDecoderInfo)
WIC_OBJECT(struct info, IWICComponentInfo, encoder_info, &IID_IWICComponentInfo, &IID_IWICBitmapCodecInfo,
	   &IID_IWICBitmapEncoderInfo)

static HRESULT WINAPI info_GetComponentType(IWICComponentInfo *self, DWORD *type)
{
	struct info *info = (struct info *)self;

	if (!type)
		return E_INVALIDARG;
	*type = info->format ? PIXEL_FORMAT : info->encoder ? ENCODER : DECODER;
	return S_OK;
}

static HRESULT WINAPI info_GetCLSID(IWICComponentInfo *self, CLSID *clsid)
{
	struct info *info = (struct info *)self;

	if (!clsid)
		return E_INVALIDARG;
	*clsid = info->format ? info->format->guid : info->encoder ? info->codec->encoder : info->codec->decoder;
	return S_OK;
}

/* WICComponentSafe: built in. */
static HRESULT WINAPI info_GetSigningStatus(IWICComponentInfo *self, DWORD *status)
{
	if (!status)
		return E_INVALIDARG;
	*status = 4;
	return S_OK;
}

static HRESULT WINAPI info_GetAuthor(IWICComponentInfo *self, UINT capacity, WCHAR *buffer, UINT *actual)
{
	return wic_return_text(u"Microsoft", capacity, buffer, actual);
}

static HRESULT WINAPI info_GetVendorGUID(IWICComponentInfo *self, GUID *vendor)
{
	if (!vendor)
		return E_INVALIDARG;
	*vendor = GUID_VendorMicrosoft;
	return S_OK;
}

static HRESULT WINAPI info_GetVersion(IWICComponentInfo *self, UINT capacity, WCHAR *buffer, UINT *actual)
{
	return wic_return_text(u"1.0.0.0", capacity, buffer, actual);
}

static HRESULT WINAPI info_GetFriendlyName(IWICComponentInfo *self, UINT capacity, WCHAR *buffer, UINT *actual)
{
	struct info *info = (struct info *)self;
	char16_t name[40];
	size_t length = 0;

	if (info->format)
		return wic_return_text(info->format->name, capacity, buffer, actual);
	for (const char16_t *at = info->codec->name; *at; at++)
		name[length++] = *at;
	for (const char16_t *at = info->encoder ? u" Encoder" : u" Decoder"; *at; at++)
		name[length++] = *at;
	name[length] = 0;
	return wic_return_text(name, capacity, buffer, actual);
}

#define COMPONENT_METHODS                                                                                          \
	info_GetComponentType, info_GetCLSID, info_GetSigningStatus, info_GetAuthor, info_GetVendorGUID,           \
		info_GetVersion, info_GetVersion, info_GetFriendlyName
#define COMPONENT_TYPES                                                                                            \
	COM_UNKNOWN(IWICComponentInfo);                                                                            \
	HRESULT(WINAPI *GetComponentType)(IWICComponentInfo *, DWORD *);                                           \
	HRESULT(WINAPI *GetCLSID)(IWICComponentInfo *, CLSID *);                                                   \
	HRESULT(WINAPI *GetSigningStatus)(IWICComponentInfo *, DWORD *);                                           \
	HRESULT(WINAPI *GetAuthor)(IWICComponentInfo *, UINT, WCHAR *, UINT *);                                    \
	HRESULT(WINAPI *GetVendorGUID)(IWICComponentInfo *, GUID *);                                               \
	HRESULT(WINAPI *GetVersion)(IWICComponentInfo *, UINT, WCHAR *, UINT *);                                   \
	HRESULT(WINAPI *GetSpecVersion)(IWICComponentInfo *, UINT, WCHAR *, UINT *);                               \
	HRESULT(WINAPI *GetFriendlyName)(IWICComponentInfo *, UINT, WCHAR *, UINT *)

static HRESULT WINAPI format_GetColorContext(IWICComponentInfo *self, IWICColorContext **context)
{
	if (!context)
		return E_INVALIDARG;
	*context = NULL;
	return WINCODEC_ERR_UNSUPPORTEDOPERATION;
}

static HRESULT WINAPI format_GetBitsPerPixel(IWICComponentInfo *self, UINT *bits)
{
	if (!bits)
		return E_INVALIDARG;
	*bits = ((struct info *)self)->format->bits;
	return S_OK;
}

static HRESULT WINAPI format_GetChannelCount(IWICComponentInfo *self, UINT *count)
{
	if (!count)
		return E_INVALIDARG;
	*count = ((struct info *)self)->format->channels;
	return S_OK;
}

/* The bits of a channel in a pixel, lowest byte first. */
static HRESULT WINAPI format_GetChannelMask(IWICComponentInfo *self, UINT channel, UINT capacity, BYTE *mask, UINT *actual)
{
	const struct wic_format *format = ((struct info *)self)->format;
	UINT bytes = (format->bits + 7u) / 8, first, count;

	if (!actual || channel >= format->channels)
		return E_INVALIDARG;
	*actual = bytes;
	if (!mask)
		return S_OK;
	if (capacity < bytes)
		return WINCODEC_ERR_INSUFFICIENTBUFFER;
	switch ((enum wic_kind)format->kind) {
	case WIC_555:
	case WIC_5551:
		first = channel * 5;
		count = channel == 3 ? 1 : 5;
		break;
	case WIC_565:
		first = channel == 0 ? 0 : channel == 1 ? 5 : 11;
		count = channel == 1 ? 6 : 5;
		break;
	case WIC_RGB8:
	case WIC_CMYK8:
		first = channel * 8;
		count = 8;
		break;
	case WIC_RGB16:
		first = channel * 16;
		count = 16;
		break;
	default:
		first = 0;
		count = format->bits;
	}
	memset(mask, 0, bytes);
	for (UINT bit = first; bit < first + count; bit++)
		mask[bit / 8] |= (BYTE)(1u << bit % 8);
	return S_OK;
}

static HRESULT WINAPI format_SupportsTransparency(IWICComponentInfo *self, BOOL *supports)
{
	const struct wic_format *format = ((struct info *)self)->format;

	if (!supports)
		return E_INVALIDARG;
	*supports = format->alpha && format->kind != WIC_INDEXED;
	return S_OK;
}

static HRESULT WINAPI format_GetNumericRepresentation(IWICComponentInfo *self, INT *representation)
{
	if (!representation)
		return E_INVALIDARG;
	*representation = ((struct info *)self)->format->kind == WIC_INDEXED ? 1 : 2;
	return S_OK;
}

static const struct {
	COMPONENT_TYPES;
	HRESULT(WINAPI *GetFormatGUID)(IWICComponentInfo *, GUID *);
	HRESULT(WINAPI *GetColorContext)(IWICComponentInfo *, IWICColorContext **);
	HRESULT(WINAPI *GetBitsPerPixel)(IWICComponentInfo *, UINT *);
	HRESULT(WINAPI *GetChannelCount)(IWICComponentInfo *, UINT *);
	HRESULT(WINAPI *GetChannelMask)(IWICComponentInfo *, UINT, UINT, BYTE *, UINT *);
	HRESULT(WINAPI *SupportsTransparency)(IWICComponentInfo *, BOOL *);
	HRESULT(WINAPI *GetNumericRepresentation)(IWICComponentInfo *, INT *);
} format_vtbl = {
	format_QueryInterface,
	format_AddRef,
	format_Release,
	COMPONENT_METHODS,
	info_GetCLSID,
	format_GetColorContext,
	format_GetBitsPerPixel,
	format_GetChannelCount,
	format_GetChannelMask,
	format_SupportsTransparency,
	format_GetNumericRepresentation,
};

static HRESULT WINAPI codec_GetContainerFormat(IWICComponentInfo *self, GUID *format)
{
	if (!format)
		return E_INVALIDARG;
	*format = ((struct info *)self)->codec->container;
	return S_OK;
}

static HRESULT WINAPI codec_GetPixelFormats(IWICComponentInfo *self, UINT capacity, GUID *formats, UINT *actual)
{
	const BYTE *list = ((struct info *)self)->codec->encode_formats;
	UINT count = 0;

	if (!actual)
		return E_INVALIDARG;
	while (list[count] != WIC_FORMAT_COUNT)
		count++;
	*actual = formats && capacity < count ? capacity : count;
	for (UINT i = 0; formats && i < *actual; i++)
		formats[i] = wic_formats[list[i]].guid;
	return S_OK;
}

static HRESULT WINAPI codec_GetNothing(IWICComponentInfo *self, UINT capacity, WCHAR *buffer, UINT *actual)
{
	return wic_return_text(u"", capacity, buffer, actual);
}

static HRESULT WINAPI codec_GetMimeTypes(IWICComponentInfo *self, UINT capacity, WCHAR *buffer, UINT *actual)
{
	return wic_return_text(((struct info *)self)->codec->mime_types, capacity, buffer, actual);
}

static HRESULT WINAPI codec_GetFileExtensions(IWICComponentInfo *self, UINT capacity, WCHAR *buffer, UINT *actual)
{
	return wic_return_text(((struct info *)self)->codec->extensions, capacity, buffer, actual);
}

static HRESULT WINAPI codec_DoesSupportAnimation(IWICComponentInfo *self, BOOL *supports)
{
	if (!supports)
		return E_INVALIDARG;
	*supports = ((struct info *)self)->codec->animation;
	return S_OK;
}

static HRESULT WINAPI codec_DoesSupportChromaKey(IWICComponentInfo *self, BOOL *supports)
{
	if (!supports)
		return E_INVALIDARG;
	*supports = FALSE;
	return S_OK;
}

static HRESULT WINAPI codec_DoesSupportLossless(IWICComponentInfo *self, BOOL *supports)
{
	if (!supports)
		return E_INVALIDARG;
	*supports = ((struct info *)self)->codec->lossless;
	return S_OK;
}

static HRESULT WINAPI codec_DoesSupportMultiframe(IWICComponentInfo *self, BOOL *supports)
{
	if (!supports)
		return E_INVALIDARG;
	*supports = ((struct info *)self)->codec->multiframe;
	return S_OK;
}

/* The list is comma-separated; case does not count. */
static HRESULT WINAPI codec_MatchesMimeType(IWICComponentInfo *self, LPCWSTR type, BOOL *matches)
{
	const char16_t *at = ((struct info *)self)->codec->mime_types;

	if (!type || !matches)
		return E_INVALIDARG;
	*matches = FALSE;
	while (*at) {
		LPCWSTR wanted = type;

		while (*at && *at != ',' && *at == (*wanted >= 'A' && *wanted <= 'Z' ? *wanted + 32 : *wanted)) {
			at++;
			wanted++;
		}
		if ((!*at || *at == ',') && !*wanted) {
			*matches = TRUE;
			break;
		}
		while (*at && *at++ != ',')
			;
	}
	return S_OK;
}

#define CODEC_METHODS                                                                                              \
	codec_GetContainerFormat, codec_GetPixelFormats, codec_GetNothing, codec_GetNothing, codec_GetNothing,     \
		codec_GetMimeTypes, codec_GetFileExtensions, codec_DoesSupportAnimation, codec_DoesSupportChromaKey, \
		codec_DoesSupportLossless, codec_DoesSupportMultiframe, codec_MatchesMimeType
#define CODEC_TYPES                                                                                                \
	COMPONENT_TYPES;                                                                                           \
	HRESULT(WINAPI *GetContainerFormat)(IWICComponentInfo *, GUID *);                                          \
	HRESULT(WINAPI *GetPixelFormats)(IWICComponentInfo *, UINT, GUID *, UINT *);                               \
	HRESULT(WINAPI *GetColorManagementVersion)(IWICComponentInfo *, UINT, WCHAR *, UINT *);                    \
	HRESULT(WINAPI *GetDeviceManufacturer)(IWICComponentInfo *, UINT, WCHAR *, UINT *);                        \
	HRESULT(WINAPI *GetDeviceModels)(IWICComponentInfo *, UINT, WCHAR *, UINT *);                              \
	HRESULT(WINAPI *GetMimeTypes)(IWICComponentInfo *, UINT, WCHAR *, UINT *);                                 \
	HRESULT(WINAPI *GetFileExtensions)(IWICComponentInfo *, UINT, WCHAR *, UINT *);                            \
	HRESULT(WINAPI *DoesSupportAnimation)(IWICComponentInfo *, BOOL *);                                        \
	HRESULT(WINAPI *DoesSupportChromaKey)(IWICComponentInfo *, BOOL *);                                        \
	HRESULT(WINAPI *DoesSupportLossless)(IWICComponentInfo *, BOOL *);                                         \
	HRESULT(WINAPI *DoesSupportMultiframe)(IWICComponentInfo *, BOOL *);                                       \
	HRESULT(WINAPI *MatchesMimeType)(IWICComponentInfo *, LPCWSTR, BOOL *)

/* The patterns by which Windows recognises files are its registry's; ours recognise by code. */
static HRESULT WINAPI codec_GetPatterns(IWICComponentInfo *self, UINT size, void *patterns, UINT *count, UINT *actual)
{
	return WINCODEC_ERR_UNSUPPORTEDOPERATION;
}

static HRESULT WINAPI codec_MatchesPattern(IWICComponentInfo *self, IStream *stream, BOOL *matches)
{
	BYTE *data;
	size_t size;
	HRESULT result;

	if (!stream || !matches)
		return E_INVALIDARG;
	*matches = FALSE;
	result = wic_read_stream(stream, &data, &size);
	if (FAILED(result))
		return result;
	*matches = ((struct info *)self)->codec->match(data, size);
	free(data);
	return S_OK;
}

static HRESULT WINAPI codec_CreateDecoder(IWICComponentInfo *self, IWICBitmapDecoder **decoder)
{
	return decoder ? wic_create_decoder(((struct info *)self)->codec, decoder) : E_INVALIDARG;
}

static HRESULT WINAPI codec_CreateEncoder(IWICComponentInfo *self, IWICBitmapEncoder **encoder)
{
	return encoder ? wic_create_encoder(((struct info *)self)->codec, encoder) : E_INVALIDARG;
}

static const struct {
	CODEC_TYPES;
	HRESULT(WINAPI *GetPatterns)(IWICComponentInfo *, UINT, void *, UINT *, UINT *);
	HRESULT(WINAPI *MatchesPattern)(IWICComponentInfo *, IStream *, BOOL *);
	HRESULT(WINAPI *CreateInstance)(IWICComponentInfo *, IWICBitmapDecoder **);
} decoder_info_vtbl = {decoder_info_QueryInterface,
		       decoder_info_AddRef,
		       decoder_info_Release,
		       COMPONENT_METHODS,
		       CODEC_METHODS,
		       codec_GetPatterns,
		       codec_MatchesPattern,
		       codec_CreateDecoder};

static const struct {
	CODEC_TYPES;
	HRESULT(WINAPI *CreateInstance)(IWICComponentInfo *, IWICBitmapEncoder **);
} encoder_info_vtbl = {encoder_info_QueryInterface,
		       encoder_info_AddRef,
		       encoder_info_Release,
		       COMPONENT_METHODS,
		       CODEC_METHODS,
		       codec_CreateEncoder};

static HRESULT create_info(const void *vtbl, const struct wic_codec *codec, const struct wic_format *format,
			   bool encoder, void **info)
{
	struct info *made = com_allocate(sizeof(*made));

	*info = made;
	if (!made)
		return E_OUTOFMEMORY;
	made->iface.vtbl = vtbl;
	made->references = 1;
	made->codec = codec;
	made->format = format;
	made->encoder = encoder;
	return S_OK;
}

HRESULT wic_create_codec_info(const struct wic_codec *codec, bool encoder, void **info)
{
	return create_info(encoder ? (const void *)&encoder_info_vtbl : &decoder_info_vtbl, codec, NULL, encoder, info);
}

HRESULT wic_create_component_info(const CLSID *clsid, IWICComponentInfo **info)
{
	const struct wic_format *format = wic_find_format(clsid);

	*info = NULL;
	if (format)
		return create_info(&format_vtbl, NULL, format, false, (void **)info);
	for (size_t i = 0; i < wic_codec_count; i++) {
		if (com_guid_equal(clsid, &wic_codecs[i]->decoder))
			return wic_create_codec_info(wic_codecs[i], false, (void **)info);
		if (wic_codecs[i]->encode && com_guid_equal(clsid, &wic_codecs[i]->encoder))
			return wic_create_codec_info(wic_codecs[i], true, (void **)info);
	}
	return WINCODEC_ERR_COMPONENTNOTFOUND;
}
