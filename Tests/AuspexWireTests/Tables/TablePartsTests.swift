import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexWire

@Suite struct TablePartsTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func parts(_ text: String, rows: Int, _ options: TableOptions = TableOptions()) throws -> [TabularInput] {
        var parts = try TableReader(options: options).parts(path: try folder.file("f", text))
        var all: [TabularInput] = []
        while let part = try parts.next(rows: rows) { all.append(part) }
        #expect(try parts.next(rows: rows) == nil)
        return all
    }

    /// Larger than the reader's pieces, so that there is more than one part.
    private static let many = 60_000

    @Test("the parts of a table are the table")
    func sum() throws {
        var options = TableOptions()
        options.seriesColumn = "s"
        let rows = (0..<Self.many).map { "\(["x", "y", "z"][$0 % 7 % 3]),\(1_700_000_000 + $0),\($0),\($0 % 2)\n" }
        let text = "s,time,v,label\n" + rows.joined()
        let whole = try TableReader(options: options).read(bytes: Array(text.utf8), file: "f")
        let all = try parts(text, rows: 1_000, options)
        #expect(all.count > 3)
        #expect(all.dropLast().allSatisfy { $0.rowCount >= 1_000 })
        for series in whole.series {
            let pieces = all.flatMap { $0.series.filter { $0.labels == series.labels } }
            #expect(pieces.flatMap(\.rows) == series.rows)
            #expect(pieces.flatMap { $0.columns[0] } == series.columns[0])
            #expect(pieces.flatMap { $0.times ?? [] } == series.times)
            #expect(pieces.flatMap { $0.truth ?? [] } == series.truth)
            let texts = pieces.flatMap { piece in piece.rows.indices.map { piece.timeTexts?[$0] } }
            #expect(texts == series.rows.indices.map { series.timeTexts?[$0] })
        }
    }

    @Test("columns that come late are in the parts from there on")
    func lateColumns() throws {
        let rows = (0..<2 * Self.many).map { $0 < Self.many ? "{\"a\":1}\n" : "{\"a\":1,\"b\":2}\n" }
        let all = try parts(rows.joined(), rows: 1_000)
        #expect(all.first?.series.first?.names == ["a"])
        #expect(all.last { !$0.series.isEmpty }?.series.first?.names == ["a", "b"])
    }

    @Test("a small table is one part, and what is wrong with all of it is wrong with its parts")
    func small() throws {
        #expect(try parts("v\n1\n2\n", rows: 1_000).map(\.rowCount) == [2])
        for text in ["", "v\n", "v\n1\nx\n", "{\"v\":1}\n{\"v\":}\n"] {
            let whole = try #require(throws: TableError.self) {
                try TableReader().read(path: try folder.file("f", text))
            }
            #expect(throws: whole) { try parts(text, rows: 1) }
        }
    }

    @Test("the limit on values is one on values that are held")
    func cells() throws {
        var options = TableOptions()
        options.limits.cells = Self.many / 2
        let text = "v\n" + String(repeating: "1\n", count: Self.many)
        #expect(throws: TableError.self) {
            try TableReader(options: options).read(bytes: Array(text.utf8), file: "f")
        }
        options.limits.cells = 200_000
        #expect(try parts("v\n" + String(repeating: "1\n", count: 1_000_000), rows: 1_000, options).count > 4)
    }
}
