extension String {
    /// The text with every character made visible that steers a terminal or changes the order of others: an escape
    /// sequence of a command must not do anything to whoever reads its output.
    ///
    /// Line ends and tabs stay. Other control characters become the pictures that Unicode has for them (U+2400 and on),
    /// those without a picture and the marks of writing direction become U+FFFD. Each character becomes one character, but
    /// for a carriage return before a line end, which is left out.
    package var harmless: String {
        var result = String.UnicodeScalarView()
        var isReturnPending = false
        for scalar in unicodeScalars {
            if isReturnPending, scalar != "\n" { result.append(Self.picture(of: 0x0d)) }
            isReturnPending = scalar == "\r"
            switch scalar.value {
            case 0x09, 0x0a: result.append(scalar)
            case 0x0d: break
            case 0x00..<0x20, 0x7f: result.append(Self.picture(of: scalar.value))
            // C1 controls; marks and overrides of direction; line and paragraph separators; the byte order mark.
            case 0x80...0x9f, 0x061c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfeff:
                result.append("\u{fffd}")
            default: result.append(scalar)
            }
        }
        if isReturnPending { result.append(Self.picture(of: 0x0d)) }
        return String(result)
    }

    private static func picture(of control: UInt32) -> Unicode.Scalar {
        let (pictures, delete): (UInt32, UInt32) = (0x2400, 0x2421)
        return Unicode.Scalar(control == 0x7f ? delete : pictures + control) ?? "\u{fffd}"
    }
}
