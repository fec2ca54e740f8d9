import AuspexDetection
import AuspexSignals
import Foundation

/// What a program is given to read: an object about the table, then one for each row.
///
/// ```
/// {"version":1,"rows":2,"columns":["cpu","memory"],"training":[0,1],"timed":true}
/// {"index":0,"time":1772366400000,"values":[0.5,12]}
/// {"index":1,"time":1772366460000,"values":[0.75,null]}
/// ```
///
/// Times are milliseconds since 1970 in ascending order, null when the rows have none. A missing value is null. `training`
/// holds the first row that is known to be free of anomalies and the row behind the last one; null when none is known.
struct Question {
    /// The version of the form. A program should refuse one that it does not know.
    static let version = 1

    /// Tables of the same columns, whose rows follow one another.
    let tables: [Table]
    let training: Range<Int>?

    /// How many rows there are.
    var rows: Int { tables.reduce(0) { $0 + $1.rows } }

    /// Writes the question to a file.
    func write(to file: InputFile) throws(ProgramFailure) {
        try file.write { $0 += Array((header + "\n").utf8) }
        var index = 0
        for table in tables {
            for row in 0..<table.rows {
                try file.write { Self.append(row, of: table, index, to: &$0) }
                index += 1
            }
        }
        try file.finish()
    }

    private var header: String {
        let names = JSONValue.array((tables.first?.names ?? []).map { .string($0) }).canonicalText
        let training = training.map { "[\($0.lowerBound),\($0.upperBound)]" } ?? "null"
        let isTimed = tables.allSatisfy { $0.times != nil }
        return "{\"version\":\(Self.version),\"rows\":\(rows),\"columns\":\(names),\"training\":\(training),"
            + "\"timed\":\(isTimed)}"
    }

    private static func append(_ row: Int, of table: Table, _ index: Int, to text: inout [UInt8]) {
        let time = table.times.map { "\($0[row].milliseconds)" } ?? "null"
        text += "{\"index\":\(index),\"time\":\(time),\"values\":[".utf8
        for column in 0..<table.columns {
            if column > 0 { text.append(UInt8(ascii: ",")) }
            let value = table[row, column]
            text += (value.isFinite ? "\(value)" : "null").utf8
        }
        text += "]}\n".utf8
    }
}
