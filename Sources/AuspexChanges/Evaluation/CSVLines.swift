/// The records of a CSV text (RFC 4180), one after the other; empty lines are passed over.
struct CSVLines {
    /// One record and the line that it begins in, from 1.
    struct Record {
        var line: Int
        var fields: [String]
    }

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    private enum Byte {
        static let quote = UInt8(ascii: "\"")
        static let comma = UInt8(ascii: ",")
        static let feed = UInt8(ascii: "\n")
        static let carriageReturn = UInt8(ascii: "\r")
        static let mark: [UInt8] = [0xef, 0xbb, 0xbf]
    }

    init(_ text: String) {
        bytes = Array(text.utf8)
        if bytes.starts(with: Byte.mark) { position = Byte.mark.count }
    }

    /// The next record; nil at the end.
    mutating func next(_ file: String) throws(RiskTableError) -> Record? {
        while position < bytes.count {
            var record = Record(line: line, fields: [])
            var isLast = false
            while !isLast {
                let (field, ends) = try field(file)
                record.fields.append(field)
                isLast = ends
            }
            if record.fields != [""] { return record }
        }
        return nil
    }

    /// The field from here on, and whether it is its record's last.
    private mutating func field(_ file: String) throws(RiskTableError) -> (String, Bool) {
        var field: [UInt8] = []
        let first = line
        var isQuoted = false
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == Byte.feed { line += 1 }
            if isQuoted {
                if byte != Byte.quote {
                    field.append(byte)
                } else if position < bytes.count, bytes[position] == Byte.quote {
                    field.append(byte)
                    position += 1
                } else {
                    isQuoted = false
                }
                continue
            }
            switch byte {
            case Byte.quote where field.isEmpty: isQuoted = true
            case Byte.comma: return (text(field), false)
            case Byte.feed: return (text(field), true)
            default: field.append(byte)
            }
        }
        guard !isQuoted else {
            throw RiskTableError(file: file, line: first, reason: "a quoted field does not end")
        }
        return (text(field), true)
    }

    private func text(_ field: [UInt8]) -> String {
        String(decoding: field.last == Byte.carriageReturn ? field.dropLast() : field[...], as: UTF8.self)
    }
}
