/* imaging.c - WIC: what is encoded comes back, formats convert, refusals are WIC's. */
#define COBJMACROS
#define INITGUID
#include "guest.h"
#include <objbase.h>
#include <wincodec.h>

#define WIDTH 37
#define HEIGHT 21

static IWICImagingFactory *factory;
static BYTE pixels[WIDTH * HEIGHT * 4];

static IStream *encode(REFGUID container, WICPixelFormatGUID wanted, UINT bytes)
{
	IWICBitmapEncoder *encoder;
	IWICBitmapFrameEncode *frame;
	IPropertyBag2 *options;
	WICPixelFormatGUID format = wanted;
	IStream *stream;
	PROPBAG2 property;
	ULONG count, done;

	CHECK_EQUAL(CreateStreamOnHGlobal(NULL, TRUE, &stream), S_OK);
	CHECK_EQUAL(IWICImagingFactory_CreateEncoder(factory, container, NULL, &encoder), S_OK);
	CHECK_EQUAL(IWICBitmapEncoder_Initialize(encoder, stream, WICBitmapEncoderNoCache), S_OK);
	CHECK_EQUAL(IWICBitmapEncoder_CreateNewFrame(encoder, &frame, &options), S_OK);
	CHECK_EQUAL(IPropertyBag2_CountProperties(options, &count), S_OK);
	CHECK_EQUAL(IPropertyBag2_GetPropertyInfo(options, count + 1, 1, &property, &done), WINCODEC_ERR_VALUEOUTOFRANGE);
	CHECK_EQUAL(IWICBitmapFrameEncode_SetSize(frame, WIDTH, HEIGHT), WINCODEC_ERR_WRONGSTATE);
	CHECK_EQUAL(IWICBitmapFrameEncode_Initialize(frame, options), S_OK);
	CHECK_EQUAL(IWICBitmapFrameEncode_SetSize(frame, WIDTH, HEIGHT), S_OK);
	CHECK_EQUAL(IWICBitmapFrameEncode_SetPixelFormat(frame, &format), S_OK);
	CHECK(IsEqualGUID(&format, &wanted));
	CHECK_EQUAL(IWICBitmapFrameEncode_WritePixels(frame, HEIGHT, WIDTH * bytes, WIDTH * HEIGHT * bytes, pixels), S_OK);
	CHECK(FAILED(IWICBitmapFrameEncode_WritePixels(frame, 1, WIDTH * bytes, WIDTH * bytes, pixels)));
	CHECK_EQUAL(IWICBitmapFrameEncode_Commit(frame), S_OK);
	CHECK_EQUAL(IWICBitmapEncoder_Commit(encoder), S_OK);
	IPropertyBag2_Release(options);
	IWICBitmapFrameEncode_Release(frame);
	CHECK_EQUAL(IWICBitmapEncoder_Release(encoder), 0);
	return stream;
}

static void round_trip(REFGUID container, WICPixelFormatGUID format, UINT bytes)
{
	IStream *stream = encode(container, format, bytes);
	IWICBitmapDecoder *decoder;
	IWICBitmapFrameDecode *frame;
	WICPixelFormatGUID found;
	GUID found_container;
	UINT count = 0, width, height;
	BYTE buffer[WIDTH * HEIGHT * 4], part[4 * 4];
	WICRect area = {3, 2, 2, 2};

	CHECK_EQUAL(IWICImagingFactory_CreateDecoderFromStream(factory, stream, NULL, WICDecodeMetadataCacheOnDemand, &decoder),
		    S_OK);
	CHECK_EQUAL(IWICBitmapDecoder_GetContainerFormat(decoder, &found_container), S_OK);
	CHECK(IsEqualGUID(&found_container, container));
	CHECK_EQUAL(IWICBitmapDecoder_GetFrameCount(decoder, &count), S_OK);
	CHECK_EQUAL(count, 1);
	CHECK_EQUAL(IWICBitmapDecoder_GetFrame(decoder, 0, &frame), S_OK);
	CHECK_EQUAL(IWICBitmapFrameDecode_GetSize(frame, &width, &height), S_OK);
	CHECK(width == WIDTH && height == HEIGHT);
	CHECK_EQUAL(IWICBitmapFrameDecode_GetPixelFormat(frame, &found), S_OK);
	CHECK(IsEqualGUID(&found, &format));
	CHECK_EQUAL(IWICBitmapFrameDecode_CopyPixels(frame, NULL, WIDTH * bytes, WIDTH * HEIGHT * bytes, buffer), S_OK);
	CHECK(!memcmp(buffer, pixels, WIDTH * HEIGHT * bytes));
	CHECK_EQUAL(IWICBitmapFrameDecode_CopyPixels(frame, &area, 2 * bytes, 4 * bytes, part), S_OK);
	CHECK(!memcmp(part, pixels + (2 * WIDTH + 3) * bytes, 2 * bytes));
	CHECK(!memcmp(part + 2 * bytes, pixels + (3 * WIDTH + 3) * bytes, 2 * bytes));
	CHECK_EQUAL(IWICBitmapFrameDecode_CopyPixels(frame, NULL, WIDTH * bytes - 1, sizeof(buffer), buffer), E_INVALIDARG);
	CHECK_EQUAL(IWICBitmapFrameDecode_CopyPixels(frame, NULL, WIDTH * bytes, WIDTH * bytes, buffer),
		    WINCODEC_ERR_INSUFFICIENTBUFFER);
	IWICBitmapFrameDecode_Release(frame);
	CHECK_EQUAL(IWICBitmapDecoder_Release(decoder), 0);
	CHECK_EQUAL(IStream_Release(stream), 0);
}

static void check_converter(void)
{
	static BYTE source[] = {10, 20, 30, 255, 200, 100, 50, 0};
	IWICBitmap *bitmap;
	IWICFormatConverter *converter;
	BYTE buffer[8] = {0};
	BOOL can = FALSE;

	CHECK_EQUAL(IWICImagingFactory_CreateBitmapFromMemory(factory, 2, 1, &GUID_WICPixelFormat32bppBGRA, 8, 8, source, &bitmap),
		    S_OK);
	CHECK_EQUAL(IWICImagingFactory_CreateFormatConverter(factory, &converter), S_OK);
	CHECK_EQUAL(IWICFormatConverter_CanConvert(converter, &GUID_WICPixelFormat32bppBGRA, &GUID_WICPixelFormat24bppRGB, &can),
		    S_OK);
	CHECK(can);
	CHECK_EQUAL(IWICFormatConverter_Initialize(converter, (IWICBitmapSource *)bitmap, &GUID_WICPixelFormat24bppRGB,
						   WICBitmapDitherTypeNone, NULL, 0.0, WICBitmapPaletteTypeCustom),
		    S_OK);
	CHECK_EQUAL(IWICFormatConverter_CopyPixels(converter, NULL, 6, 6, buffer), S_OK);
	CHECK(buffer[0] == 30 && buffer[1] == 20 && buffer[2] == 10 && buffer[3] == 50 && buffer[5] == 200);
	IWICFormatConverter_Release(converter);
	CHECK_EQUAL(IWICBitmap_Release(bitmap), 0);
}

int main(void)
{
	static BYTE rubbish[64] = "no image";
	IWICBitmapDecoder *decoder;
	IWICStream *stream;

	for (size_t i = 0; i < sizeof(pixels); i++)
		pixels[i] = (BYTE)(i * 7 + i / 11);
	CHECK_EQUAL(CoInitialize(NULL), S_OK);
	CHECK_EQUAL(CoCreateInstance(&CLSID_WICImagingFactory, NULL, CLSCTX_INPROC_SERVER, &IID_IWICImagingFactory,
				     (void **)&factory),
		    S_OK);
	if (!factory)
		return guest_result();
	round_trip(&GUID_ContainerFormatPng, GUID_WICPixelFormat24bppBGR, 3);
	round_trip(&GUID_ContainerFormatPng, GUID_WICPixelFormat32bppBGRA, 4);
	round_trip(&GUID_ContainerFormatPng, GUID_WICPixelFormat8bppGray, 1);
	round_trip(&GUID_ContainerFormatPng, GUID_WICPixelFormat16bppGray, 2);
	round_trip(&GUID_ContainerFormatBmp, GUID_WICPixelFormat24bppBGR, 3);
	round_trip(&GUID_ContainerFormatTiff, GUID_WICPixelFormat24bppBGR, 3);
	round_trip(&GUID_ContainerFormatTiff, GUID_WICPixelFormat8bppGray, 1);
	check_converter();
	CHECK_EQUAL(IWICImagingFactory_CreateStream(factory, &stream), S_OK);
	CHECK_EQUAL(IWICStream_InitializeFromMemory(stream, rubbish, sizeof(rubbish)), S_OK);
	CHECK_EQUAL(IWICImagingFactory_CreateDecoderFromStream(factory, (IStream *)stream, NULL, 0, &decoder),
		    WINCODEC_ERR_COMPONENTNOTFOUND);
	IWICStream_Release(stream);
	CHECK_EQUAL(IWICImagingFactory_Release(factory), 0);
	CoUninitialize();
	return guest_result();
}
