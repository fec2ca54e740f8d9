import AuspexSignals
import AuspexWire
import Testing

@Suite("Table errors") struct TableErrorTests {
    /// Text, and the message that it must give.
    static let cases: [(String, String)] = [
        (
            "a,b\n1,x\n",
            "t:2:3: column \"b\": \"x\" is not a number; write a decimal number, "
                + "or leave the field empty for a missing value; if the column names the series, "
                + "give --series-column \"b\", else choose the columns with --value-column"
        ),
        (
            "time,host,value\n1,web1,2\n",
            "t:2:3: column \"host\": \"web1\" is not a number; write a decimal number, "
                + "or leave the field empty for a missing value; if the column names the series, "
                + "give --series-column \"host\", else choose the columns with --value-column"
        ),
        (
            "a,b\n1,2\n1,x\n",
            "t:3:3: column \"b\": \"x\" is not a number; write a decimal number, "
                + "or leave the field empty for a missing value"
        ),
        ("a,b\r1,2\r3,4\r", "t:1:4: lines end with CR alone; convert them to LF"),
        ("\"a\"\r1\r", "t:1:4: lines end with CR alone; convert them to LF"),
        ("", "t: is empty; a table needs a header line and at least one row"),
        ("\n\n  \n", "t: is empty; a table needs a header line and at least one row"),
        ("a,b\n", "t: has a header but no row; add at least one row of values"),
        (
            "a,b\n1,2\n1,2,3\n",
            "t:3:5: the row has 3 fields where the header has 2; write one field for each column, "
                + "empty for a missing value"
        ),
        (
            "a,b\n1\n",
            "t:2:2: the row has 1 field where the header has 2; write one field for each column, "
                + "empty for a missing value"
        ),
        (
            "a,b,a\n1,2,3\n",
            "t:1:5: column \"a\": the header has this name in column 1 already; give every column a name of its own"
        ),
        (
            ",b\n1,2\n",
            "t:1:1: column 1 has no name; name it in the header, or choose the columns with --value-column"
        ),
        (
            "a,b\n1,\"2\n3,4\n",
            "t:2:3: the quoted field does not end; close it with \", and write a quote inside it as \"\""
        ),
        (
            "a,b\n1,\"2\"x\n",
            "t:2:6: \"x\" follows a closing quote; end the field there, and write a quote inside it as \"\""
        ),
        (
            "a,b\n1,1e999\n",
            "t:2:3: column \"b\": \"1e999\" is not a finite number; write a number up to 1.797e308 in size, "
                + "or leave the field empty for a missing value"
        ),
        ("a,b\n1,2\0\n", "t:2:3: column \"b\": a byte 0 inside the text; remove it"),
        (
            "a\0b\n1\n",
            "t:1:2: is not text: a byte 0 in the first line; give CSV or NDJSON in UTF-8, plain or compressed with gzip"
        ),
        (
            "time,v\n1700000000,1\n2026-01-01T00:00:00Z,2\n",
            "t:3:1: column \"time\": \"2026-01-01T00:00:00Z\" is not a time in seconds since 1970 as in the first row; "
                + "write all times in one form"
        ),
        (
            "v,time\n1,yesterday\n",
            "t:2:3: column \"time\": \"yesterday\" is not a time; write ISO 8601 such as 2026-03-01T12:00:00Z, "
                + "or seconds, milliseconds, microseconds or nanoseconds since 1970"
        ),
        ("v,label\n1,2\n", "t:2:3: column \"label\": \"2\" is not a label; write 1 for an anomaly and 0 for none"),
        ("v,label\n1,\n", "t:2:3: column \"label\": \"\" is not a label; write 1 for an anomaly and 0 for none"),
        (
            "time,label\n1,0\n",
            "t:1: no column is left for values; add a numeric column besides time, series and label"
        ),
        // Columns count characters, and a quoted field over two lines is told by its own line.
        (
            "ä,b\n1,2\n\"3\",\"é\n\"\n",
            "t:3:5: column \"b\": \"é\\n\" is not a number; write a decimal number, "
                + "or leave the field empty for a missing value"
        ),
        (
            "x,a,b\n\"ü\n\",2,\u{202e}evil\n",
            "t:3:5: column \"b\": \"\\u{202e}evil\" is not a number; write a decimal number, "
                + "or leave the field empty for a missing value; if the column names the series, "
                + "give --series-column \"b\", else choose the columns with --value-column"
        ),
        (
            "x\n" + String(repeating: "y", count: 99) + "\n",
            "t:2:1: column \"x\": \"" + String(repeating: "y", count: 40) + "…\" is not a number; "
                + "write a decimal number, or leave the field empty for a missing value; if the column names the series, "
                + "give --series-column \"x\", else choose the columns with --value-column"
        ),
    ]

    @Test("each mistake is told with its place and its cure", arguments: cases)
    func message(text: String, expected: String) {
        let got = failure(text) { options in
            if text.hasPrefix("x,a") { options.valueColumns = ["a", "b"] }
        }
        #expect(got == expected)
    }

    @Test("options that name no column are told with the columns there are")
    func options() {
        let known = "the columns are \"a\", \"b\""
        #expect(
            failure("a,b\n1,2\n") { $0.timeColumn = .named("c") }
                == "t:1: column \"c\": --time-column names a column that does not exist; \(known)")
        #expect(
            failure("a,b\n1,2\n") { $0.valueColumns = ["c"] }
                == "t:1: column \"c\": --value-column names a column that does not exist; \(known)")
        #expect(
            failure("a,b\n1,2\n") { $0.seriesColumn = "c" }
                == "t:1: column \"c\": --series-column names a column that does not exist; \(known)")
        #expect(
            failure("a,b\n1,2\n") {
                $0.timeColumn = .named("a")
                $0.valueColumns = ["a"]
            } == "t:1:1: column \"a\": cannot be both the time and a value; choose two columns")
    }

    @Test(
        "other formats are recognised",
        arguments: [
            ([0xff, 0xfe, 0x61, 0], "UTF-16"), ([0x50, 0x4b, 3, 4], "a zip"), (Array("PAR1".utf8), "a Parquet file"),
        ] as [([UInt8], String)])
    func otherFormats(bytes: [UInt8], what: String) {
        #expect(failure(bytes)?.hasPrefix("t: is not text: \(what)") == true)
    }

    @Test("a name that is not UTF-8 is refused")
    func invalidName() {
        #expect(
            failure(Array("a,".utf8) + [0xff] + Array("\n1,2\n".utf8))?.hasPrefix("t:1:3: is not text: a name") == true)
    }

    @Test("files that are not there are told with the system's reason")
    func missingFile() {
        #expect(throws: TableError.self) { try TableReader().read(path: "/nonexistent/x.csv") }
        do throws(TableError) {
            _ = try TableReader().read(path: "/nonexistent/x.csv")
        } catch {
            #expect(error.description == "/nonexistent/x.csv: cannot be read: No such file or directory")
        }
        do throws(TableError) {
            _ = try TableReader().read(path: "/")
        } catch {
            #expect(error.description == "/: is a folder; name a file in it")
        }
    }

    @Test("limits hold", arguments: ["bytes", "line", "columns", "cells", "series"])
    func limits(which: String) {
        let text = "s,a,b\nx,1,2\ny,3,4\n" + String(repeating: " ", count: 600_000)
        let message = failure(text) { options in
            options.seriesColumn = "s"
            switch which {
            case "bytes": options.limits.bytes = 300_000
            case "line": options.limits.lineBytes = 100_000
            case "columns": options.limits.columns = 2
            case "cells": options.limits.cells = 3
            default: options.limits.series = 1
            }
        }
        let expected = [
            "bytes": "t: is larger than 300000 bytes; split it, or raise the limit",
            "line": "t:4:1: the line is longer than 100000 bytes; end each row with a line feed",
            "columns": "t:1: more than 2 columns; split the table",
            "cells": "t:3:1: more than 3 values; split the table",
            "series": "t:3:1: column \"s\": more than 1 series; split the table",
        ]
        #expect(message == expected[which])
    }
}
