import AuspexWire
import Testing

@Suite("One column of a CSV file") struct CSVColumnTests {
    /// The messages of the column `Content`, nil for rejected rows, with the input cut into pieces of `size` bytes.
    private func messages(_ text: String, pieces size: Int = 7) throws -> ([String?], CSVColumn) {
        var reader = CSVColumn(name: "Content", file: "t")
        var found: [String?] = []
        let take = { (message: Span<UInt8>?) in
            guard let message else { return found.append(nil) }
            found.append(message.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) })
        }
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            try reader.feed(Array(bytes[start..<min(bytes.count, start + size)]), take)
        }
        try reader.finish(take)
        return (found, reader)
    }

    @Test("quotes, separators and line ends, however the input is cut", arguments: [1, 2, 3, 5, 8, 13, 1_000])
    func cuts(size: Int) throws {
        let text = "\u{feff}LineId,Content,Level\r\n1,plain,INFO\n2,\"a, \"\"b\"\"\nc\",WARN\r\n\n3,,INFO\n4,last,é"
        let (found, reader) = try messages(text, pieces: size)
        #expect(found == ["plain", "a, \"b\"\nc", "", "last"])
        #expect(reader.rejectedCount == 0)
    }

    @Test("a bad row is told with its place, keeps its number and leaves the rest alone")
    func badRows() throws {
        let (found, reader) = try messages("Id;Content\n1;one\n2\n3;three\n4;\"x\"y\n5;five\n")
        #expect(found == ["one", nil, "three", nil, "five"])
        #expect(reader.rejectedCount == 2)
        #expect(reader.errors.map(\.description).map { $0.prefix(6) } == ["t:3:2:", "t:5:6:"])
    }

    @Test("a column that does not exist is told with those that do")
    func unknown() {
        let error = #expect(throws: TableError.self) { try messages("Id,Message\n1,x\n") }
        #expect(error?.description.contains("--column Content names a column that does not exist") == true)
        #expect(error?.description.contains("\"Id\", \"Message\"") == true)
    }

    @Test("an input without a header is refused", arguments: ["", "\n", "\n\n"])
    func empty(text: String) {
        #expect(throws: TableError.self) { try messages(text) }
    }

    @Test("a quote that nobody closes costs its line, not the rest of the file")
    func openQuote() throws {
        let (found, reader) = try messages("Content\n\"never closed\nsecond\nthird\n", pieces: 1_000)
        #expect(found == [nil, "second", "third"])
        #expect(reader.rejectedCount == 1)
    }
}
