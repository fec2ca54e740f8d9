import AuspexSignals
import AuspexWire
import Testing

@Suite("Bad rows") struct BadRowsTests {
    @Test("the rest of the batch survives, and the first errors are kept")
    func skipping() throws {
        let text = "time,a,b\n1,1,2\n2,x,2\n3,3\n4,\"4,4\n5,5,6\nbad,5,6\n6,7,8"
        let table = try read(text) { $0.badRows = .skip(reporting: 2) }
        let series = try #require(table.series.first)
        #expect(series.columns == [[1, 5, 7], [2, 6, 8]])
        #expect(series.times?.map(\.milliseconds) == [1_000, 5_000, 6_000])
        #expect(series.rows == [0, 1, 2])
        #expect(table.rejected.count == 4)
        #expect(table.rejected.errors.map(\.location.line) == [3, 4])
    }

    @Test("a row is taken whole or not at all")
    func atomicRows() throws {
        let table = try read("a,b,label\n1,2,0\n3,4,x\n5,6,1\n") { $0.badRows = .skip(reporting: 0) }
        #expect(table.series.first?.columns == [[1, 5], [2, 6]])
        #expect(table.series.first?.truth == [false, true])
        #expect(table.rejected.count == 1 && table.rejected.errors.isEmpty)
    }

    @Test("an endless line is thrown away, what follows is read")
    func endlessLine() throws {
        let text = "a\n1\n" + String(repeating: "9", count: 900_000) + "\n2\n"
        let table = try read(text) {
            $0.badRows = .skip(reporting: 9)
            $0.limits.lineBytes = 1_000
        }
        #expect(table.series.first?.columns == [[1, 2]])
        #expect(table.rejected.errors.map(\.problem) == [.lineTooLong(limit: 1_000)])
    }

    @Test("a quote that nobody closes costs its line only")
    func openQuote() throws {
        let rows = (0..<100_000).map { "\($0)" }.joined(separator: "\n")
        let table = try read("a\n\"1\n" + rows) {
            $0.badRows = .skip(reporting: 9)
            $0.limits.lineBytes = 1_000
        }
        #expect(table.series.first?.columns.first?.count == 100_000)
        #expect(
            table.rejected.errors.map(\.description).first?.hasPrefix("t:2:1: the quoted field does not end") == true)
    }

    @Test("a bad first row does not settle how times are written")
    func badFirstRow() throws {
        let table = try read("time,a\n2026-01-01,x\n1700000000,1\n") { $0.badRows = .skip(reporting: 9) }
        #expect(table.timeFormat == .seconds && table.rowCount == 1 && table.rejected.count == 1)
    }

    @Test("bad lines of NDJSON bring no members, no series and no form of time")
    func uncommittedLines() throws {
        let text = """
            {"h":"y","odd":
            {"h":"z","time":"2026-01-01","odd":1,"v":"x"}
            {"h":"a","time":1,"v":1}
            {"h":"b","time":2,"new":5,"v":{}}
            {"h":"a","time":3,"v":3,"late":4}
            {"h":"c","time":"2026-01-01","v":3,"other":4}
            """
        let table = try read(text) {
            $0.badRows = .skip(reporting: 9)
            $0.seriesColumn = "h"
        }
        #expect(table.series.map(\.labels) == [Labels(["h": "a"])])
        #expect(table.series.first?.names == ["v", "late"] && table.series.first?.columns[0] == [1, 3])
        #expect(table.timeFormat == .seconds)
        #expect(table.rejected.errors.map(\.location.line) == [1, 2, 4, 6])
    }

    @Test("a value column that only a bad line has does not exist")
    func columnOfBadLine() {
        let message = failure("{\"v\":1}\n{\"v\":2,\"w\":\"x\"}\n") {
            $0.badRows = .skip(reporting: 9)
            $0.valueColumns = ["v", "w"]
        }
        #expect(message == "t: column \"w\": --value-column names a column that does not exist; the columns are \"v\"")
    }

    @Test("when every row is bad the first one tells why")
    func allBad() {
        let message = failure("a\nx\ny\n") { $0.badRows = .skip(reporting: 1) }
        #expect(message?.hasPrefix("t:2:1: column \"a\": \"x\" is not a number") == true)
    }
}
