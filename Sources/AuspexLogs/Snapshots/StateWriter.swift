/// Writes state as bytes: whole numbers in seven-bit groups, lowest first (LEB128), everything else made of them.
struct StateWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func write(_ number: Int) { write(Int64(number)) }

    /// Zigzag, so that small negative numbers stay small.
    mutating func write(_ number: Int64) { write(UInt64(bitPattern: (number << 1) ^ (number >> 63))) }

    mutating func write(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    /// Eight bytes, lowest first: for hashes and the bits of floating point numbers.
    mutating func write(fixed number: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    mutating func write(_ number: Double) { write(fixed: number.bitPattern) }

    mutating func write(_ content: some Collection<UInt8>) {
        write(content.count)
        bytes.append(contentsOf: content)
    }

    mutating func write<Element>(_ elements: [Element], _ each: (inout StateWriter, Element) -> Void) {
        write(elements.count)
        for element in elements { each(&self, element) }
    }

    mutating func write<Value>(_ value: Value?, _ each: (inout StateWriter, Value) -> Void) {
        write(value != nil)
        if let value { each(&self, value) }
    }

    /// A table in the order of its keys, so that equal tables give equal bytes.
    mutating func write<Value>(_ table: [UInt64: Value], _ each: (inout StateWriter, Value) -> Void) {
        write(table.count)
        for (key, value) in table.sorted(by: { $0.key < $1.key }) {
            write(fixed: key)
            each(&self, value)
        }
    }
}
