/// The lines of one window, by template.
struct WindowLines: Hashable, Sendable {
    private(set) var templates: [TemplateID: TemplateRate.Lines] = [:]
    /// All of them, also those of templates that had no room.
    private(set) var all = TemplateRate.Lines()
    private(set) var dropped: UInt64 = 0

    mutating func add(_ template: TemplateID, at position: Double, capacity: Int) {
        all.add(at: position)
        if templates.count >= capacity, templates[template] == nil {
            dropped += 1
        } else {
            templates[template, default: TemplateRate.Lines()].add(at: position)
        }
    }

    /// Gives the lines of a template that was merged into another to that one.
    mutating func merge(_ alias: TemplateAlias) {
        guard let old = templates.removeValue(forKey: alias.old) else { return }
        var lines = templates[alias.new] ?? TemplateRate.Lines()
        lines.count += old.count
        lines.first = min(lines.first, old.first)
        lines.last = max(lines.last, old.last)
        templates[alias.new] = lines
    }

    func write(to writer: inout StateWriter) {
        let table = Dictionary(uniqueKeysWithValues: templates.map { ($0.key.value, $0.value) })
        writer.write(table) { $1.write(to: &$0) }
        all.write(to: &writer)
        writer.write(dropped)
    }

    init() {}

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        let table = try reader.table { reader throws(LogSnapshotError) in try TemplateRate.Lines(reading: &reader) }
        templates = Dictionary(uniqueKeysWithValues: table.map { (TemplateID($0.key), $0.value) })
        all = try TemplateRate.Lines(reading: &reader)
        dropped = try reader.unsigned()
    }
}

extension TemplateRate.Lines {
    func write(to writer: inout StateWriter) {
        writer.write(count)
        writer.write(first)
        writer.write(last)
    }

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        count = try reader.int(in: 0...1_000_000_000_000_000, "lines")
        first = try reader.double(in: 0...1, "a place in a window")
        last = try reader.double(in: 0...1, "a place in a window")
    }
}
