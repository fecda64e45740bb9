package dev.reliability.examples.bot;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.WriterException;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.QRCodeWriter;

/** A QR code in half blocks, for terminals. */
final class TerminalCode {
  private TerminalCode() {}

  static String of(String text) {
    BitMatrix code;
    try {
      code = new QRCodeWriter().encode(text, BarcodeFormat.QR_CODE, 0, 0);
    } catch (WriterException e) {
      return text; // too long for a picture
    }
    StringBuilder out = new StringBuilder();
    for (int y = 0; y < code.getHeight(); y += 2) {
      for (int x = 0; x < code.getWidth(); x++) {
        boolean upper = code.get(x, y);
        boolean lower = y + 1 < code.getHeight() && code.get(x, y + 1);
        out.append(upper ? (lower ? ' ' : '▄') : (lower ? '▀' : '█'));
      }
      out.append('\n');
    }
    return out.toString();
  }
}
