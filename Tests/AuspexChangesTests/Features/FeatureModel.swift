import AuspexSignals
import AuspexTesting
import Foundation

@testable import AuspexChanges

/// A made-up history that knows by itself what git has to find out, and the naive twin of the measures: every
/// definition is followed word for word over the whole list of commits.
///
/// Files have identities that survive renames. Every line is unique, so that git's line counts are beyond doubt.
struct FeatureModel {
    struct Touch {
        var file: Int
        var path: String
        var added: Int
        var deleted: Int
        var linesBefore: Int
    }

    struct Commit {
        var author: String
        var seconds: Int64
        var message: String
        var touches: [Touch]
        /// All files after the commit, by path.
        var tree: [String: [String]]
    }

    private(set) var commits: [Commit] = []

    /// Makes `count` random commits by three authors.
    init(seed: UInt64, count: Int) {
        var random = SplitMix64(seed: seed)
        var tree: [Int: (path: String, lines: [String])] = [:]
        var nextFile = 0
        var nextLine = 0
        var seconds: Int64 = 1_000_000_000
        let folders = ["", "core/", "core/deep/", "web/", "docs/"]
        func line() -> String {
            nextLine += 1
            return "line number \(nextLine) of this history"
        }
        for _ in 0..<count {
            var touches: [Touch] = []
            for file in tree.keys.sorted() where Int.random(in: 0..<3, using: &random) == 0 {
                guard var state = tree[file] else { continue }
                let before = state.lines.count
                if Int.random(in: 0..<6, using: &random) == 0 {
                    // A rename without any other change, which git finds whatever its threshold.
                    let folder = folders.randomElement(using: &random) ?? ""
                    state.path = "\(folder)moved \(nextFile) \(nextLine).txt"
                    nextLine += 1
                    tree[file] = state
                    touches.append(Touch(file: file, path: state.path, added: 0, deleted: 0, linesBefore: before))
                    continue
                }
                // At least one line stays, so that the file never looks like a new one.
                let deleted = Int.random(in: 0..<max(1, before), using: &random)
                let added = (deleted == 0 ? 1 : 0) + Int.random(in: 0...4, using: &random)
                state.lines.removeFirst(deleted)
                for _ in 0..<added { state.lines.append(line()) }
                tree[file] = state
                touches.append(
                    Touch(file: file, path: state.path, added: added, deleted: deleted, linesBefore: before))
            }
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                let folder = folders.randomElement(using: &random) ?? ""
                let path = "\(folder)file \(nextFile).txt"
                let lines = (0..<Int.random(in: 3...9, using: &random)).map { _ in line() }
                tree[nextFile] = (path, lines)
                touches.append(Touch(file: nextFile, path: path, added: lines.count, deleted: 0, linesBefore: 0))
                nextFile += 1
            }
            seconds += Int64.random(in: 0...20_000_000, using: &random)
            commits.append(
                Commit(
                    author: ["ann", "bob", "cat"].randomElement(using: &random) ?? "ann", seconds: seconds,
                    message: Bool.random(using: &random) ? "Fixes it" : "Prefix it", touches: touches,
                    tree: Dictionary(uniqueKeysWithValues: tree.values.map { ($0.path, $0.lines) })))
        }
    }

    /// Writes the history into a repository.
    func write(to repository: TemporaryRepository) async throws {
        var previous: [String: [String]] = [:]
        for commit in commits {
            for path in previous.keys where commit.tree[path] == nil {
                try FileManager.default.removeItem(atPath: repository.path + "/" + path)
            }
            for (path, lines) in commit.tree where previous[path] != lines {
                try repository.write(path, lines.map { $0 + "\n" }.joined())
            }
            try await repository.commit(commit.message, author: commit.author, seconds: commit.seconds)
            previous = commit.tree
        }
    }

    /// The commits at `range` as one change, by definition.
    func features(_ range: Range<Int>) -> ChangeFeatures {
        let inside = commits[range]
        let before = commits[..<range.lowerBound]
        var features = ChangeFeatures()
        var churn: [Int: Int] = [:]
        var paths: [Int: String] = [:]
        var linesBefore: [Int: Int] = [:]
        for touch in inside.flatMap(\.touches) {
            churn[touch.file, default: 0] += touch.added + touch.deleted
            paths[touch.file] = touch.path
            if linesBefore[touch.file] == nil { linesBefore[touch.file] = touch.linesBefore }
            features.linesAdded += touch.added
            features.linesDeleted += touch.deleted
        }
        let parts = paths.values.map { $0.split(separator: "/") }
        features.files = paths.count
        features.directories = Set(parts.map { $0.dropLast().joined(separator: "/") }).count
        features.subsystems = Set(parts.map { $0.count > 1 ? String($0[0]) : "" }).count
        features.linesBefore = linesBefore.values.reduce(0, +)
        let total = Double(churn.values.reduce(0, +))
        if churn.count > 1, total > 0 {
            let shares = churn.values.map { Double($0) / total }.filter { $0 > 0 }
            features.entropy = -shares.map { $0 * log2($0) }.reduce(0, +) / log2(Double(churn.count))
        }
        features.isFix = inside.contains { $0.message == "Fixes it" }
        addPast(of: Array(paths.keys), before, at: inside.last?.seconds ?? 0, to: &features)
        for commit in inside { addExperience(of: commit, before, share: 1 / Double(inside.count), to: &features) }
        return features
    }

    private func addPast(
        of files: [Int], _ before: ArraySlice<Commit>, at seconds: Int64, to features: inout ChangeFeatures
    ) {
        var developers: Set<String> = []
        var last: Set<Int> = []
        var ages: [Double] = []
        for file in files {
            let touching = before.indices.filter { index in before[index].touches.contains { $0.file == file } }
            developers.formUnion(touching.map { before[$0].author })
            guard let newest = touching.last else { continue }
            last.insert(newest)
            ages.append(Double(seconds - before[newest].seconds) / 86_400)
        }
        features.developers = developers.count
        features.uniqueChanges = last.count
        features.age = ages.isEmpty ? 0 : ages.reduce(0, +) / Double(ages.count)
    }

    private func addExperience(
        of commit: Commit, _ before: ArraySlice<Commit>, share: Double, to features: inout ChangeFeatures
    ) {
        func subsystems(_ commit: Commit) -> Set<Substring> {
            Set(commit.touches.map { $0.path.contains("/") ? $0.path.split(separator: "/")[0] : "" })
        }
        for earlier in before where earlier.author == commit.author {
            features.experience += share
            let years = Double(commit.seconds - earlier.seconds) / 86_400 / 365.25
            features.recentExperience += share / (years + 1)
            if !subsystems(earlier).isDisjoint(with: subsystems(commit)) { features.subsystemExperience += share }
        }
    }
}

/// Whether two sets of measures are the same up to rounding, and recent experience up to its averaging over days.
func agree(_ left: ChangeFeatures, _ right: ChangeFeatures) -> Bool {
    ChangeFeature.allCases.allSatisfy { feature in
        let (a, b) = (feature.value(of: left), feature.value(of: right))
        return abs(a - b) <= (feature == .rexp ? 1e-6 : 1e-9) * max(1, abs(a))
    }
}
