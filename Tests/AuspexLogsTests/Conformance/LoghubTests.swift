import AuspexTesting
import Foundation
import Testing

@testable import AuspexLogs

/// Ten public systems, 2,000 lines each, with the templates that people found in them; one configuration for all.
///
/// The rules were written looking at these ten, so the figures are not what an unknown system will give; the floors are
/// there to notice when a change makes them worse.
@Suite struct LoghubTests {
    static let systems = [
        "Apache", "BGL", "HDFS", "HPC", "Hadoop", "HealthApp", "Linux", "OpenSSH", "OpenStack", "Spark",
    ]
    static let isExpected = ["loghub_2k", "loghub2_2k_corrected"].allSatisfy {
        PublicData.here.isExpected("logs/\($0)")
    }

    private struct Mined {
        /// The ids that stand for the lines in the end, and those that were given out.
        var ids: [TemplateID?] = []
        var emitted: [TemplateID] = []
        var texts: [String] = []
    }

    private static func mine(_ contents: [String]) -> Mined {
        var miner = TemplateMiner()
        let matches = contents.map { miner.add($0) }
        return Mined(
            ids: matches.map { miner.resolve($0.template) }, emitted: matches.map(\.template),
            texts: matches.map { miner.finalText($0) })
    }

    private static func truth(_ system: String) throws -> (contents: [String], ids: [String]) {
        let columns = try PublicData.columns(
            of: PublicData.file(in: folder("loghub_2k/\(system)"), containing: "structured"), ["Content", "EventId"])
        return (columns[0], columns[1])
    }

    private static func folder(_ path: String) throws -> URL { try PublicData.here.url("logs/\(path)") }

    @Test("templates are found as people find them", .enabled(if: isExpected, "\(PublicData.hint)"))
    func accuracy() throws {
        var grouping: [GroupingMetrics] = []
        var emitted: [GroupingMetrics] = []
        var texts: [GroupingMetrics] = []
        for system in Self.systems {
            let truth = try PublicData.columns(
                of: PublicData.file(in: Self.folder("loghub_2k/\(system)"), containing: "structured"),
                ["Content", "EventId"])
            let corrected = try PublicData.columns(
                of: PublicData.file(in: Self.folder("loghub2_2k_corrected/\(system)"), containing: "structured"),
                ["EventTemplate"])
            #expect(truth[0].count == 2_000, "\(system)")
            let mined = Self.mine(truth[0])
            let groups = GroupingMetrics(truth[1], mined.ids)
            let asEmitted = GroupingMetrics(truth[1], mined.emitted)
            let templates = GroupingMetrics(texts: corrected[0], mined.texts)
            print(
                "\(system): GA \(groups.ga.fourPlaces) FGA \(groups.fga.fourPlaces)",
                "corrected PA \(templates.pa.fourPlaces) FTA \(templates.fta.fourPlaces)",
                "templates \(groups.predictedGroups)/\(groups.trueGroups) GA as emitted \(asEmitted.ga.fourPlaces)")
            #expect(groups.ga >= 0.8 && templates.fga >= 0.8, "\(system)")
            #expect(Double(groups.predictedGroups) <= 1.2 * Double(groups.trueGroups), "\(system)")
            emitted.append(asEmitted)
            grouping.append(groups)
            texts.append(templates)
        }
        let count = Double(Self.systems.count)
        let ga = grouping.reduce(0) { $0 + $1.ga } / count
        let fga = texts.reduce(0) { $0 + $1.fga } / count
        let asEmitted = emitted.reduce(0) { $0 + $1.ga } / count
        let pa = texts.reduce(0) { $0 + $1.pa } / count
        let fta = texts.reduce(0) { $0 + $1.fta } / count
        print(
            "mean: GA \(ga.fourPlaces) corrected FGA \(fga.fourPlaces) PA \(pa.fourPlaces) FTA \(fta.fourPlaces)",
            "GA as emitted \(asEmitted.fourPlaces)")
        #expect(asEmitted >= 0.96)
        #expect(ga >= 0.97)
        #expect(fga >= 0.97)
        #expect(pa >= 0.84)
        #expect(fta >= 0.82)
    }

    @Test("raw lines are mined nearly as well: headers are found", .enabled(if: isExpected, "\(PublicData.hint)"))
    func rawLines() throws {
        var sum = 0.0
        for system in Self.systems {
            let folder = try Self.folder("loghub_2k/\(system)")
            let truth = try PublicData.columns(of: PublicData.file(in: folder, containing: "structured"), ["EventId"])
            var stream = LogStream()
            var splitter = LineSplitter()
            var ids: [TemplateID] = []
            let log = try PublicData.file(in: folder, containing: "2k.log.gz")
            splitter.feed(log.span) { ids.append(stream.update($0).templateID) }
            splitter.finish { ids.append(stream.update($0).templateID) }
            #expect(ids.count == truth[0].count, "\(system)")
            let ga = GroupingMetrics(truth[0], ids.map { stream.miner.resolve($0) }).ga
            print("\(system), raw lines: GA \(ga.fourPlaces)")
            sum += ga
        }
        print("mean, raw lines: GA \((sum / Double(Self.systems.count)).fourPlaces)")
        #expect(sum / Double(Self.systems.count) >= 0.95)
    }

    /// With a letter for each digit no variable has a form that tells it, and merging is on its own.
    @Test("lines without a digit are still told apart by how they vary", .enabled(if: isExpected, "\(PublicData.hint)"))
    func withoutDigits() throws {
        var (ga, fga) = (0.0, 0.0)
        for system in Self.systems {
            let truth = try Self.truth(system)
            let mined = Self.mine(
                truth.contents.map { content in
                    String(
                        decoding: content.utf8.map { $0.isDigit ? $0 + UInt8(ascii: "a") - UInt8(ascii: "0") : $0 },
                        as: UTF8.self)
                })
            let metrics = GroupingMetrics(truth.ids, mined.ids)
            print(
                "\(system), letters for digits: GA \(metrics.ga.fourPlaces) FGA \(metrics.fga.fourPlaces)",
                "templates \(metrics.predictedGroups)/\(metrics.trueGroups)")
            ga += metrics.ga / Double(Self.systems.count)
            fga += metrics.fga / Double(Self.systems.count)
        }
        print("mean, letters for digits: GA \(ga.fourPlaces) FGA \(fga.fourPlaces)")
        #expect(ga >= 0.8)
        #expect(fga >= 0.75)
    }

    /// An id is given out for a pattern and means it, or what it was merged into, for ever.
    @Test(
        "no id changes its meaning, and later texts only become more general",
        .enabled(if: isExpected, "\(PublicData.hint)"))
    func meaning() throws {
        for system in Self.systems {
            var miner = TemplateMiner()
            var texts: [TemplateID: String] = [:]
            var survivors: [TemplateID: TemplateID] = [:]
            for content in try Self.truth(system).contents {
                let id = miner.add(content).template
                if texts[id] == nil { texts[id] = miner.text(of: id) }
                for alias in miner.takeAliases() { survivors[alias.old] = alias.new }
            }
            for id in texts.keys {
                var known = id
                while let next = survivors[known] { known = next }
                #expect(miner.resolve(id) == known, "\(system): the aliases lead elsewhere than the miner")
                #expect(miner.template(id) != nil)
            }
        }
    }

    @Test("all systems through one miner are told apart", .enabled(if: isExpected, "\(PublicData.hint)"))
    func interleaved() throws {
        var contents: [[String]] = []
        var truths: [[String]] = []
        for system in Self.systems {
            let columns = try PublicData.columns(
                of: PublicData.file(in: Self.folder("loghub_2k/\(system)"), containing: "structured"),
                ["Content", "EventId"])
            contents.append(columns[0])
            truths.append(columns[1].map { "\(system) \($0)" })
        }
        let lines = (0..<2_000).flatMap { line in contents.map { $0[line] } }
        let truth = (0..<2_000).flatMap { line in truths.map { $0[line] } }
        let metrics = GroupingMetrics(truth, Self.mine(lines).ids)
        print("interleaved: GA \(metrics.ga.fourPlaces), \(metrics.predictedGroups)/\(metrics.trueGroups) templates")
        #expect(metrics.ga >= 0.96)
    }
}

@Suite struct GroupingMetricsTests {
    @Test("a split group and a merged one are both wrong as a whole")
    func definitions() {
        let truth = ["a", "a", "a", "b", "b", "c", "d"]
        let metrics = GroupingMetrics(texts: truth, ["a", "a", "x", "b", "b", "y", "y"])
        #expect(abs(metrics.ga - 2.0 / 7) < 1e-12)
        #expect(abs(metrics.fga - 2 * 0.25 * 0.25 / 0.5) < 1e-12)
        #expect(abs(metrics.pa - 4.0 / 7) < 1e-12)
        #expect(abs(metrics.fta - 0.5) < 1e-12)
    }
}
