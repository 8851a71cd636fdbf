/*
 * dlls/windowscodecs/wic.h - the Windows Imaging Component inside: interfaces, pixel formats, pictures, codecs.
 * See README.md.
 */
#ifndef PEWTER_DLLS_WIC_H
#define PEWTER_DLLS_WIC_H

#include "dlls/ole32/ole32.h"
#include <stdbool.h>
#include <stdlib.h>

#define WINCODEC_ERR_WRONGSTATE ((HRESULT)0x88982F04)
#define WINCODEC_ERR_VALUEOUTOFRANGE ((HRESULT)0x88982F05)
#define WINCODEC_ERR_UNKNOWNIMAGEFORMAT ((HRESULT)0x88982F07)
#define WINCODEC_ERR_NOTINITIALIZED ((HRESULT)0x88982F0C)
#define WINCODEC_ERR_ALREADYLOCKED ((HRESULT)0x88982F0D)
#define WINCODEC_ERR_PROPERTYNOTFOUND ((HRESULT)0x88982F40)
#define WINCODEC_ERR_PROPERTYNOTSUPPORTED ((HRESULT)0x88982F41)
#define WINCODEC_ERR_CODECNOTHUMBNAIL ((HRESULT)0x88982F44)
#define WINCODEC_ERR_PALETTEUNAVAILABLE ((HRESULT)0x88982F45)
#define WINCODEC_ERR_CODECTOOMANYSCANLINES ((HRESULT)0x88982F46)
#define WINCODEC_ERR_INTERNALERROR ((HRESULT)0x88982F48)
#define WINCODEC_ERR_COMPONENTNOTFOUND ((HRESULT)0x88982F50)
#define WINCODEC_ERR_IMAGESIZEOUTOFRANGE ((HRESULT)0x88982F51)
#define WINCODEC_ERR_BADIMAGE ((HRESULT)0x88982F60)
#define WINCODEC_ERR_BADHEADER ((HRESULT)0x88982F61)
#define WINCODEC_ERR_FRAMEMISSING ((HRESULT)0x88982F62)
#define WINCODEC_ERR_STREAMWRITE ((HRESULT)0x88982F71)
#define WINCODEC_ERR_STREAMREAD ((HRESULT)0x88982F72)
#define WINCODEC_ERR_UNSUPPORTEDPIXELFORMAT ((HRESULT)0x88982F80)
#define WINCODEC_ERR_UNSUPPORTEDOPERATION ((HRESULT)0x88982F81)
#define WINCODEC_ERR_INSUFFICIENTBUFFER ((HRESULT)0x88982F8C)
#define WINCODEC_ERR_PROPERTYUNEXPECTEDTYPE ((HRESULT)0x88982F8E)

#define WIC_IID(name, number) COM_GUID(IID_##name, number, 0xA8F2, 0x4877, 0xBA, 0x0A, 0xFD, 0x2B, 0x66, 0x45, 0xFB, 0x94)
WIC_IID(IWICPalette, 0x40);
WIC_IID(IWICBitmapEncoder, 0x103);
WIC_IID(IWICBitmapFrameEncode, 0x105);
WIC_IID(IWICBitmapSource, 0x120);
WIC_IID(IWICBitmap, 0x121);
WIC_IID(IWICBitmapLock, 0x123);
WIC_IID(IWICFormatConverter, 0x301);
WIC_IID(IWICBitmapScaler, 0x302);
COM_GUID(IID_IWICColorContext, 0x3C613A02, 0x34B2, 0x44EA, 0x9A, 0x7C, 0x45, 0xAE, 0xA9, 0xC6, 0xFD, 0x6D);
COM_GUID(IID_IWICBitmapFlipRotator, 0x5009834F, 0x2D6A, 0x41CE, 0x9E, 0x1B, 0x17, 0xC5, 0xAF, 0xF7, 0xA7, 0x82);
COM_GUID(IID_IWICBitmapClipper, 0xE4FBCF03, 0x223D, 0x4E81, 0x93, 0x33, 0xD6, 0x35, 0x55, 0x6D, 0xD1, 0xB5);
COM_GUID(IID_IWICComponentInfo, 0x23BC3F0A, 0x698B, 0x4357, 0x88, 0x6B, 0xF2, 0x4D, 0x50, 0x67, 0x13, 0x34);
COM_GUID(IID_IWICBitmapCodecInfo, 0xE87A44C4, 0xB76E, 0x4C47, 0x8B, 0x09, 0x29, 0x8E, 0xB1, 0x2A, 0x27, 0x14);
COM_GUID(IID_IWICBitmapDecoderInfo, 0xD8CD007F, 0xD08F, 0x4191, 0x9B, 0xFC, 0x23, 0x6E, 0xA7, 0xF0, 0xE4, 0xB5);
COM_GUID(IID_IWICBitmapEncoderInfo, 0x94C9B4EE, 0xA09F, 0x4F92, 0x8A, 0x1E, 0x4A, 0x9B, 0xCE, 0x7E, 0x76, 0xFB);
COM_GUID(IID_IWICBitmapFrameDecode, 0x3B16811B, 0x6A43, 0x4EC9, 0xA8, 0x13, 0x3D, 0x93, 0x0C, 0x13, 0xB9, 0x40);
COM_GUID(IID_IWICBitmapDecoder, 0x9EDDE9E7, 0x8DEE, 0x47EA, 0x99, 0xDF, 0xE6, 0xFA, 0xF2, 0xED, 0x44, 0xBF);
COM_GUID(IID_IWICMetadataQueryReader, 0x30989668, 0xE1C9, 0x4597, 0xB3, 0x95, 0x45, 0x8E, 0xED, 0xB8, 0x08, 0xDF);
COM_GUID(IID_IWICStream, 0x135FF860, 0x22B7, 0x4DDF, 0xB0, 0xF6, 0x21, 0x8F, 0x4F, 0x29, 0x9A, 0x43);
COM_GUID(IID_IWICImagingFactory, 0xEC5EC8A9, 0xC395, 0x4314, 0x9C, 0x77, 0x54, 0xD7, 0xA9, 0x35, 0xFF, 0x70);
COM_GUID(IID_IWICImagingFactory2, 0x7B816B45, 0x1996, 0x4476, 0xB1, 0x32, 0xDE, 0x9E, 0x24, 0x7C, 0x8A, 0xF0);
COM_GUID(GUID_VendorMicrosoft, 0xF0E749CA, 0xEDEF, 0x4589, 0xA7, 0x3A, 0xEE, 0x0E, 0x62, 0x6A, 0x2A, 0x2B);

typedef struct WICRect {
	INT X, Y, Width, Height;
} WICRect;
typedef DWORD WICColor; /* 0xAARRGGBB */

typedef struct IWICPalette IWICPalette;
typedef struct IWICBitmapSource IWICBitmapSource;
typedef struct IWICColorContext IWICColorContext;
typedef struct IWICBitmapDecoder IWICBitmapDecoder;
typedef struct IWICBitmapEncoder IWICBitmapEncoder;
typedef struct IWICBitmapFrameDecode IWICBitmapFrameDecode;
typedef struct IWICBitmapFrameEncode IWICBitmapFrameEncode;
typedef struct IWICComponentInfo IWICComponentInfo;

typedef struct IWICPaletteVtbl {
	COM_UNKNOWN(IWICPalette);
	HRESULT(WINAPI *InitializePredefined)(IWICPalette *self, INT type, BOOL transparent);
	HRESULT(WINAPI *InitializeCustom)(IWICPalette *self, const WICColor *colors, UINT count);
	HRESULT(WINAPI *InitializeFromBitmap)(IWICPalette *self, IWICBitmapSource *source, UINT count, BOOL transparent);
	HRESULT(WINAPI *InitializeFromPalette)(IWICPalette *self, IWICPalette *from);
	HRESULT(WINAPI *GetType)(IWICPalette *self, INT *type);
	HRESULT(WINAPI *GetColorCount)(IWICPalette *self, UINT *count);
	HRESULT(WINAPI *GetColors)(IWICPalette *self, UINT count, WICColor *colors, UINT *actual);
	HRESULT(WINAPI *IsBlackWhite)(IWICPalette *self, BOOL *is);
	HRESULT(WINAPI *IsGrayscale)(IWICPalette *self, BOOL *is);
	HRESULT(WINAPI *HasAlpha)(IWICPalette *self, BOOL *has);
} IWICPaletteVtbl;
struct IWICPalette {
	const IWICPaletteVtbl *vtbl;
};

#define WIC_SOURCE(type)                                                                                   \
	COM_UNKNOWN(type);                                                                                 \
	HRESULT(WINAPI *GetSize)(type * self, UINT * width, UINT * height);                                \
	HRESULT(WINAPI *GetPixelFormat)(type * self, GUID * format);                                       \
	HRESULT(WINAPI *GetResolution)(type * self, double *x, double *y);                                 \
	HRESULT(WINAPI *CopyPalette)(type * self, IWICPalette * palette);                                  \
	HRESULT(WINAPI *CopyPixels)(type * self, const WICRect *area, UINT stride, UINT size, BYTE *buffer)

typedef struct IWICBitmapSourceVtbl {
	WIC_SOURCE(IWICBitmapSource);
} IWICBitmapSourceVtbl;
struct IWICBitmapSource {
	const IWICBitmapSourceVtbl *vtbl;
};

typedef struct IWICColorContextVtbl {
	COM_UNKNOWN(IWICColorContext);
	HRESULT(WINAPI *InitializeFromFilename)(IWICColorContext *self, LPCWSTR file);
	HRESULT(WINAPI *InitializeFromMemory)(IWICColorContext *self, const BYTE *buffer, UINT size);
	HRESULT(WINAPI *InitializeFromExifColorSpace)(IWICColorContext *self, UINT value);
	HRESULT(WINAPI *GetType)(IWICColorContext *self, INT *type);
	HRESULT(WINAPI *GetProfileBytes)(IWICColorContext *self, UINT size, BYTE *buffer, UINT *actual);
	HRESULT(WINAPI *GetExifColorSpace)(IWICColorContext *self, UINT *value);
} IWICColorContextVtbl;
struct IWICColorContext {
	const IWICColorContextVtbl *vtbl;
};

/* Pixel formats: how a pixel is stored.  `kind` tells convert.c how to read and write it. */
enum wic_kind {
	WIC_INDEXED, WIC_GRAY, WIC_GRAY16, WIC_555, WIC_565, WIC_5551, WIC_RGB8, WIC_RGB16, WIC_CMYK8
};
struct wic_format {
	GUID guid;
	const char16_t *name;
	BYTE bits;     /* a pixel */
	BYTE channels; /* as IWICPixelFormatInfo counts them */
	BYTE kind;
	bool bgr;      /* the first channel is blue */
	bool alpha;    /* has an alpha channel */
	bool premultiplied;
	bool padding;  /* a fourth channel that means nothing */
};
enum wic_format_index {
	WIC_FORMAT_1INDEXED, WIC_FORMAT_2INDEXED, WIC_FORMAT_4INDEXED, WIC_FORMAT_8INDEXED, WIC_FORMAT_BLACKWHITE,
	WIC_FORMAT_2GRAY, WIC_FORMAT_4GRAY, WIC_FORMAT_8GRAY, WIC_FORMAT_16GRAY, WIC_FORMAT_BGR555, WIC_FORMAT_BGR565,
	WIC_FORMAT_BGRA5551, WIC_FORMAT_24BGR, WIC_FORMAT_24RGB, WIC_FORMAT_32BGR, WIC_FORMAT_32BGRA,
	WIC_FORMAT_32PBGRA, WIC_FORMAT_32RGB, WIC_FORMAT_32RGBA, WIC_FORMAT_32PRGBA, WIC_FORMAT_48RGB,
	WIC_FORMAT_48BGR, WIC_FORMAT_64RGB, WIC_FORMAT_64RGBA, WIC_FORMAT_64BGRA, WIC_FORMAT_64PRGBA,
	WIC_FORMAT_64PBGRA, WIC_FORMAT_32CMYK, WIC_FORMAT_COUNT
};
extern const struct wic_format wic_formats[WIC_FORMAT_COUNT];
const struct wic_format *wic_find_format(const GUID *guid);

/* Bytes of a row without padding; 0 when it does not fit 32 bits. */
UINT wic_row_bytes(const struct wic_format *format, UINT width);

/* One image in memory of ours.  Rows are packed to `stride`. */
struct wic_image {
	LONG references;
	UINT width, height, stride;
	const struct wic_format *format;
	double dpi_x, dpi_y;
	BYTE *pixels; /* malloc */
	WICColor palette[256];
	UINT palette_count; /* 0 = none */
	BYTE *profile; /* ICC, malloc; NULL = none */
	UINT profile_size;
	UINT exif_color_space; /* 0 = not told, 1 = sRGB */
};
/* A zeroed image with its pixels; NULL when there is no memory or the size is out of range. */
struct wic_image *wic_image_create(UINT width, UINT height, const struct wic_format *format);
struct wic_image *wic_image_reference(struct wic_image *image);
void wic_image_release(struct wic_image *image);
/* IWICBitmapSource::CopyPixels of an image; checks its arguments. */
HRESULT wic_image_copy(const struct wic_image *image, const WICRect *area, UINT stride, UINT size, BYTE *buffer);
/* The checks alone; `rectangle` receives the area, whole or given. */
HRESULT wic_check_copy(UINT width, UINT height, const struct wic_format *format, const WICRect *area, UINT stride,
		       UINT size, const BYTE *buffer, WICRect *rectangle);
HRESULT wic_image_palette(const struct wic_image *image, IWICPalette *palette);
HRESULT wic_image_color_contexts(const struct wic_image *image, UINT count, IWICColorContext **contexts, UINT *actual);
/* Everything a source has, as an image of ours (the area of it, or all).  The caller releases it. */
HRESULT wic_image_from_source(IWICBitmapSource *source, const WICRect *area, struct wic_image **image);

/* Conversion of rows; see convert.c.  The palette is the indexed side's. */
bool wic_can_convert(const struct wic_format *from, const struct wic_format *to);
HRESULT wic_convert_image(const struct wic_image *from, const struct wic_format *to, const WICColor *palette,
			  UINT palette_count, double alpha_threshold, struct wic_image **converted);

/* Other sizes and turns (transform.c); NULL: no memory.  `mode` is WICBitmapInterpolationMode, or WICBitmapTransformOptions;
 * what is scaled has whole bytes for a channel. */
#define FLIP_HORIZONTAL 8
#define FLIP_VERTICAL 16
struct wic_image *wic_scale_image(const struct wic_image *from, UINT width, UINT height, INT mode);
struct wic_image *wic_rotate_image(const struct wic_image *from, UINT width, UINT height, INT mode);

/* What a codec reads from a file: its frames, and a palette of the whole. */
#define WIC_MAX_FRAMES 4096
struct wic_picture {
	struct wic_image **frames; /* malloc, each referenced */
	UINT count;
	WICColor palette[256];
	UINT palette_count;
};
void wic_picture_free(struct wic_picture *picture);
HRESULT wic_picture_add(struct wic_picture *picture, struct wic_image *image); /* takes the reference */

/* A growing buffer that encoders write to. */
struct wic_output {
	BYTE *bytes;
	size_t size, capacity;
	bool failed; /* no memory */
};
void wic_put(struct wic_output *output, const void *bytes, size_t size);
void wic_put16(struct wic_output *output, unsigned value); /* little-endian */
void wic_put32(struct wic_output *output, uint32_t value);

struct wic_options {
	float quality;           /* ImageQuality, 0..1 */
	BYTE subsampling;        /* JpegYCrCbSubsampling */
	BYTE filter;             /* FilterOption */
	bool interlace;          /* InterlaceOption */
	BYTE tiff_compression;   /* TiffCompressionMethod */
	bool v5_header;          /* EnableV5Header32bppBGRA */
};

/* decode and encode run on the host stack and call nothing of the guest's. */
struct wic_codec {
	const char16_t *name, *extensions, *mime_types;
	GUID container, decoder, encoder; /* encoder GUID_NULL: reads only */
	bool (*match)(const BYTE *data, size_t size);
	HRESULT (*decode)(const BYTE *data, size_t size, struct wic_picture *picture);
	HRESULT (*encode)(struct wic_image *const *frames, UINT count, const struct wic_options *options,
			  struct wic_output *output);
	const BYTE *encode_formats; /* enum wic_format_index, WIC_FORMAT_COUNT ends */
	BYTE encode_default;        /* for what it can't store */
	bool multiframe, animation, lossless;
};
/* A bag with a codec's options (options.c), and what a program has put into one; NULL: nothing. */
extern const struct wic_options wic_default_options;
HRESULT wic_create_options(const struct wic_codec *codec, IUnknown **bag);
void wic_take_options(IUnknown *bag, struct wic_options *options);

extern const struct wic_codec wic_png_codec, wic_jpeg_codec, wic_bmp_codec, wic_tiff_codec, wic_gif_codec;
extern const struct wic_codec *const wic_codecs[];
extern const size_t wic_codec_count;

/* Objects. */
HRESULT wic_create_palette(IWICPalette **palette);
HRESULT wic_create_color_context(IWICColorContext **context);
HRESULT wic_create_converter(void **converter);
HRESULT wic_create_scaler(void **scaler);
HRESULT wic_create_clipper(void **clipper);
HRESULT wic_create_flip_rotator(void **rotator);
HRESULT wic_create_stream(void **stream);
/* Takes the image's reference. */
HRESULT wic_create_bitmap(struct wic_image *image, void **bitmap);
/* codec NULL: Initialize finds out. */
HRESULT wic_create_decoder(const struct wic_codec *codec, IWICBitmapDecoder **decoder);
HRESULT wic_create_encoder(const struct wic_codec *codec, IWICBitmapEncoder **encoder);
HRESULT wic_decoder_open(IWICBitmapDecoder *decoder, IStream *stream);
HRESULT wic_create_component_info(const CLSID *clsid, IWICComponentInfo **info);
HRESULT wic_create_codec_info(const struct wic_codec *codec, bool encoder, void **info);
HRESULT wic_create_factory(REFIID iid, void **factory);
/* Reads a stream from its start to its end; the caller frees *data. */
HRESULT wic_read_stream(IStream *stream, BYTE **data, size_t *size);
/* A text for the usual (capacity, buffer, actual) triple of WIC. */
HRESULT wic_return_text(const char16_t *text, UINT capacity, WCHAR *buffer, UINT *actual);

/* The boilerplate of an object `struct OBJECT` whose member `INTERFACE` is its vtable pointer and `references` its
 * count: QueryInterface for IUnknown and the listed interfaces, AddRef, and Release which calls OBJECT_destroy. */
#define WIC_OBJECT(object_type, interface_type, prefix, ...)                                               \
	static HRESULT WINAPI prefix##_QueryInterface(interface_type *self, REFIID iid, void **object)     \
	{                                                                                                  \
		static const GUID *const known[] = {&IID_IUnknown, __VA_ARGS__};                           \
		if (!iid || !object)                                                                       \
			return E_INVALIDARG;                                                               \
		*object = NULL;                                                                            \
		for (size_t i = 0; i < ARRAY_SIZE(known); i++) {                                           \
			if (com_guid_equal(iid, known[i])) {                                               \
				com_increment(&((object_type *)self)->references);                         \
				*object = self;                                                            \
				return S_OK;                                                               \
			}                                                                                  \
		}                                                                                          \
		return E_NOINTERFACE;                                                                      \
	}                                                                                                  \
	static ULONG WINAPI prefix##_AddRef(interface_type *self)                                          \
	{                                                                                                  \
		return com_increment(&((object_type *)self)->references);                                  \
	}                                                                                                  \
	static ULONG WINAPI prefix##_Release(interface_type *self)                                         \
	{                                                                                                  \
		ULONG left = com_decrement(&((object_type *)self)->references);                            \
		if (!left) {                                                                               \
			prefix##_destroy((object_type *)self);                                             \
			com_free(self);                                                                    \
		}                                                                                          \
		return left;                                                                               \
	}

#endif
