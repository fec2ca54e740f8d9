import Foundation

/// Knows from the files beside it whether a file is part of a layout of several files.
struct LayoutFinder {
    private static let training = "train"
    private static let test = "test"
    private static let labels = "test_label"
    private static let interpretation = "interpretation_label"
    private static let testSuffix = "_test"
    private static let labelSuffix = "_test_label"
    private static let trainingSuffix = "_train"

    private enum List {
        case none
        case broken(String)
        case read(ChannelList, path: String)
    }

    /// The lists of channels, by the folder that they belong to.
    private var lists: [String: List] = [:]

    /// The series whose test rows are at `path`; nil when these are none.
    mutating func file(at path: String) -> DatasetFile? {
        guard let stem = DatasetFiles.stem(path) else { return nil }
        let folder = SetNames.folder(of: path)
        let name = String(stem.dropFirst(folder.isEmpty ? 0 : folder.count + 1))
        if Self.name(of: folder) == Self.test {
            return inFolders(path, name, base: SetNames.folder(of: folder))
        }
        guard stem.hasSuffix(Self.testSuffix) else { return nil }
        let base = String(stem.dropLast(Self.testSuffix.count))
        guard let labels = DatasetFiles.rows(at: base + Self.labelSuffix) else { return nil }
        let files = TrainTestFiles(
            training: DatasetFiles.rows(at: base + Self.trainingSuffix), test: path, labels: .file(labels))
        return DatasetFile(path: path, layout: .trainTest(files))
    }

    /// Whether the file is read along with another one: training rows, labels, or a list of channels.
    mutating func isPart(_ path: String) -> Bool {
        let folder = SetNames.folder(of: path)
        if path.hasSuffix(ChannelList.fileName) { return true }
        let parts = [Self.training, Self.labels, Self.interpretation]
        if parts.contains(Self.name(of: folder)) {
            let base = SetNames.folder(of: folder)
            return Self.isFolder(Self.path(base, Self.test))
                && (Self.isFolder(Self.path(base, Self.labels)) || Self.list(of: base) != nil)
        }
        guard let stem = DatasetFiles.stem(path) else { return false }
        for suffix in [Self.labelSuffix, Self.trainingSuffix] where stem.hasSuffix(suffix) {
            let base = String(stem.dropLast(suffix.count))
            return DatasetFiles.rows(at: base + Self.testSuffix) != nil
                && DatasetFiles.rows(at: base + Self.labelSuffix) != nil
        }
        return false
    }

    private mutating func inFolders(_ path: String, _ name: String, base: String) -> DatasetFile? {
        let training = DatasetFiles.rows(at: Self.path(base, Self.training, name))
        let labelled = { (labels: TrainTestFiles.Labels) in
            DatasetFile.Layout.trainTest(TrainTestFiles(training: training, test: path, labels: labels))
        }
        if let labels = DatasetFiles.rows(at: Self.path(base, Self.labels, name)) {
            return DatasetFile(path: path, layout: labelled(.file(labels)), folder: base)
        }
        if Self.isFolder(Self.path(base, Self.labels)) {
            let reason = "\(path): its labels are not there; give them as \(Self.path(base, Self.labels, name)).txt"
            return DatasetFile(path: path, layout: .broken(reason), folder: base)
        }
        switch list(of: base) {
        case .none: return nil
        case .broken(let reason): return DatasetFile(path: path, layout: .broken(reason), folder: base)
        case .read(let list, let place):
            let folder = list.spacecraft(of: name).map { Self.path(base, $0) } ?? base
            do {
                let ranges = try list.ranges(of: name)
                return DatasetFile(
                    path: path, layout: labelled(.ranges(ranges, channel: name, list: place)), folder: folder)
            } catch {
                return DatasetFile(path: path, layout: .broken("\(error)"), folder: folder)
            }
        }
    }

    private mutating func list(of base: String) -> List {
        if let known = lists[base] { return known }
        var list = List.none
        if let path = Self.list(of: base) {
            do { list = .read(try ChannelList(path: path), path: path) } catch { list = .broken("\(error)") }
        }
        lists[base] = list
        return list
    }

    private static func list(of base: String) -> String? {
        let places = [path(base, ChannelList.fileName), path(base, "..", ChannelList.fileName)]
        return places.first { FileManager.default.fileExists(atPath: $0) }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    private static func name(of folder: String) -> String { folder.split(separator: "/").last.map(String.init) ?? "" }

    private static func path(_ parts: String...) -> String {
        parts.filter { !$0.isEmpty }.joined(separator: "/")
    }
}
