/// Reads an object whose members are all numbers, such as `{"score":1.5,"expected":10}`: nearly every answer is one, and the
/// general reader takes ten times as long.
enum PlainNumbers {
    /// The members in their order, or nil for anything else, right or wrong: the general reader tells them apart.
    static func read(_ bytes: [UInt8]) -> [(name: String, value: Double)]? {
        var scanner = Scanner(bytes: bytes)
        guard scanner.skip("{") else { return nil }
        var members: [(name: String, value: Double)] = []
        repeat {
            guard let name = scanner.name(), scanner.skip(":"), let value = scanner.number() else { return nil }
            guard !members.contains(where: { $0.name == name }) else { return nil }
            members.append((name, value))
        } while scanner.skip(",")
        guard scanner.skip("}"), scanner.isAtEnd() else { return nil }
        return members
    }

    private struct Scanner {
        let bytes: [UInt8]
        private var place = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        private var byte: UInt8? { place < bytes.count ? bytes[place] : nil }

        mutating func isAtEnd() -> Bool {
            skipBlanks()
            return place == bytes.count
        }

        mutating func skip(_ mark: Unicode.Scalar) -> Bool {
            skipBlanks()
            guard byte == UInt8(ascii: mark) else { return false }
            place += 1
            return true
        }

        private mutating func skipBlanks() {
            while let byte, byte == 0x20 || byte == 0x09 || byte == 0x0d { place += 1 }
        }

        /// A name of small letters in quotes, as ours are.
        mutating func name() -> String? {
            guard skip("\"") else { return nil }
            let start = place
            while let byte, byte >= UInt8(ascii: "a"), byte <= UInt8(ascii: "z") { place += 1 }
            let text = text(from: start)
            guard byte == UInt8(ascii: "\"") else { return nil }
            place += 1
            return text
        }

        /// A number as JSON writes it.
        mutating func number() -> Double? {
            skipBlanks()
            let start = place
            if byte == UInt8(ascii: "-") { place += 1 }
            let first = byte
            let whole = digits()
            guard whole > 0, whole == 1 || first != UInt8(ascii: "0") else { return nil }
            if byte == UInt8(ascii: ".") {
                place += 1
                guard digits() > 0 else { return nil }
            }
            if let mark = byte, mark | 0x20 == UInt8(ascii: "e") {
                place += 1
                if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") { place += 1 }
                guard digits() > 0 else { return nil }
            }
            guard let value = Double(text(from: start)), value.isFinite else { return nil }
            return value
        }

        private mutating func digits() -> Int {
            let start = place
            while let byte, byte &- 0x30 < 10 { place += 1 }
            return place - start
        }

        private func text(from start: Int) -> String {
            String(decoding: bytes[start..<place], as: UTF8.self)
        }
    }
}
