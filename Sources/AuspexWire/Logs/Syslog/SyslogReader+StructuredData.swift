extension SyslogReader {
    /// Elements in brackets, or `-` for none.
    mutating func readStructuredData() throws(SyslogError) {
        if take("-") { return }
        guard peek == UInt8(ascii: "[") else { throw failure(.structuredData) }
        var identifiers: Set<String> = []
        while take("[") {
            var element = SyslogMessage.Element(id: try name(.elementID))
            guard identifiers.insert(element.id).inserted else { throw failure(.duplicateElement) }
            while take(" ") { element.parameters.append(try parameter()) }
            guard take("]") else { throw failure(element.parameters.isEmpty ? .elementID : .parameter) }
            // Any number of elements is well-formed; more than a record can have attributes are of no use.
            if message.structuredData.count < limits.attributes {
                message.structuredData.append(element)
            } else {
                message.isShortened = true
            }
        }
    }

    private mutating func parameter() throws(SyslogError) -> SyslogMessage.Parameter {
        let name = try name(.parameter)
        guard take("="), take("\"") else { throw failure(.parameter) }
        var value: [UInt8] = []
        while let byte = peek, byte != UInt8(ascii: "\"") {
            guard byte != UInt8(ascii: "]") else { throw failure(.escape) }
            position += 1
            guard byte == UInt8(ascii: "\\") else {
                value.append(byte)
                continue
            }
            let escapes = "\"\\]".utf8
            guard let escaped = peek, escapes.contains(escaped) else { throw failure(.escape) }
            value.append(escaped)
            position += 1
        }
        guard take("\"") else { throw failure(.parameter) }
        return SyslogMessage.Parameter(name: name, value: String(decoding: value, as: UTF8.self))
    }

    /// A name of 1 to 32 printable characters but `=`, blank, `]` and `"` (RFC 5424, 6.3.2).
    private mutating func name(_ problem: SyslogError.Problem) throws(SyslogError) -> String {
        let start = position
        while let byte = peek, (0x21...0x7e).contains(byte), !"=]\"".utf8.contains(byte) {
            guard position - start < 32 else { throw failure(problem) }
            position += 1
        }
        guard position > start else { throw failure(problem) }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }
}
