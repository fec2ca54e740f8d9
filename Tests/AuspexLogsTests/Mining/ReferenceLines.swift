/// Lines with what the scanner and the miner make of them, in the order in which a fresh miner sees them.
///
/// Six rows each: the line; its tokens as class and length in bytes, with `_` where white space comes before; the
/// context of each element of its signature; a number for the template when the line is added, and one for the template
/// after all lines, equal where the ids are equal; the template's text when the line is added; the text after all
/// lines.
///
/// Classes: `P` punctuation, `L` literal, `W` weak literal, the rest as in the scanner. Contexts: `P` punctuation, `v`
/// variable, `1` first literal, `w` word, `r` after a preposition, `c` after a cue word, `k` value, `q` quoted, `u`
/// unit, `K` key.
///
/// In two places the miner merges what the recipe behind these lines keeps apart: an address with a port and one without,
/// and lines of pairs that differ in several values at once.
enum ReferenceLines {
    static let text = #"""
        Connection from 10.1.2.3:51123 closed after 42 ms
        L:10 _L:4 _IP:8 P:1 NUM:5 _L:6 _L:5 _NUM:2 _L:2
        1wvPvwwvu
        0 0
        Connection from <*>:<*> closed after <*> ms
        Connection from <*> closed after <*> ms
        Connection from 10.9.8.7:40001 closed after 7 ms
        L:10 _L:4 _IP:8 P:1 NUM:5 _L:6 _L:5 _NUM:1 _L:2
        1wvPvwwvu
        0 0
        Connection from <*>:<*> closed after <*> ms
        Connection from <*> closed after <*> ms
        Connection from fe80::1ff:fe23:4567:890a closed after 9 ms
        L:10 _L:4 _IP6:24 _L:6 _L:5 _NUM:1 _L:2
        1wvwwvu
        0 0
        Connection from <*> closed after <*> ms
        Connection from <*> closed after <*> ms
        user alice logged in from 192.168.0.10
        L:4 _L:5 _L:6 _L:2 _L:4 _IP:12
        1cwwrv
        2 2
        user alice logged in from <*>
        user <*> logged in from <*>
        user bob logged in from 192.168.0.11
        L:4 _L:3 _L:6 _L:2 _L:4 _IP:12
        1cwwrv
        2 2
        user <*> logged in from <*>
        user <*> logged in from <*>
        user carol logged in from build.example.org
        L:4 _L:5 _L:6 _L:2 _L:4 _HOST:17
        1cwwrv
        2 2
        user <*> logged in from <*>
        user <*> logged in from <*>
        cache hit ratio 0.93 size 12 MB
        L:5 _L:3 _L:5 _NUM:4 _L:4 _NUM:2 _L:2
        1wwvwvu
        5 5
        cache hit ratio <*> size <*> MB
        cache hit ratio <*> size <*>
        cache hit ratio 0.91 size 900 KB
        L:5 _L:3 _L:5 _NUM:4 _L:4 _NUM:3 _L:2
        1wwvwvu
        5 5
        cache hit ratio <*> size <*>
        cache hit ratio <*> size <*>
        cache hit ratio 0.90 size 1.5 GB
        L:5 _L:3 _L:5 _NUM:4 _L:4 _NUM:3 _L:2
        1wwvwvu
        5 5
        cache hit ratio <*> size <*>
        cache hit ratio <*> size <*>
        job 550e8400-e29b-41d4-a716-446655440000 finished status=OK elapsed=1.5s
        L:3 _UUID:36 _L:8 _L:6 P:1 L:2 _L:7 P:1 DUR:4
        1vwKPkKPv
        8 8
        job <*> finished status=OK elapsed=<*>
        job <*> finished status=<*> elapsed=<*>
        job 6fa459ea-ee8a-3ca4-894e-db77e160355e finished status=FAILED elapsed=930ms
        L:3 _UUID:36 _L:8 _L:6 P:1 L:6 _L:7 P:1 DUR:5
        1vwKPkKPv
        8 8
        job <*> finished status=<*> elapsed=<*>
        job <*> finished status=<*> elapsed=<*>
        job 7d444840-9dc0-11d1-b245-5ffdce74fad2 finished status=OK elapsed=2m3s
        L:3 _UUID:36 _L:8 _L:6 P:1 L:2 _L:7 P:1 DUR:4
        1vwKPkKPv
        8 8
        job <*> finished status=<*> elapsed=<*>
        job <*> finished status=<*> elapsed=<*>
        reading /var/lib/data/part-0001.parquet offset 0x7f3a
        L:7 _PATH:31 _L:6 _HEX:6
        1vwv
        11 11
        reading <*> offset <*>
        reading <*> offset <*>
        reading /srv/x.bin offset 0x10
        L:7 _PATH:10 _L:6 _HEX:4
        1vwv
        11 11
        reading <*> offset <*>
        reading <*> offset <*>
        GET https://api.example.com/v1/items?id=5 -> 200
        L:3 _URL:37 _P:1 P:1 _NUM:3
        1vPPv
        12 12
        GET <*> -> <*>
        GET <*> -> <*>
        GET http://10.0.0.5:8080/healthz -> 503
        L:3 _URL:28 _P:1 P:1 _NUM:3
        1vPPv
        12 12
        GET <*> -> <*>
        GET <*> -> <*>
        state changed from IDLE to RUNNING
        L:5 _L:7 _L:4 _L:4 _L:2 _L:7
        1wwrwr
        13 13
        state changed from IDLE to RUNNING
        state changed from IDLE to RUNNING
        state changed from RUNNING to STOPPED
        L:5 _L:7 _L:4 _L:7 _L:2 _L:7
        1wwrwr
        14 14
        state changed from RUNNING to STOPPED
        state changed from RUNNING to STOPPED
        session opened for user root by (uid=0)
        L:7 _L:6 _L:3 _L:4 _L:4 _L:2 _P:1 L:3 P:1 NUM:1 P:1
        1wwrcwPKPvP
        15 15
        session opened for user root by (uid=<*>)
        session opened for user <*> by (uid=<*>)
        session opened for user deploy by (uid=1000)
        L:7 _L:6 _L:3 _L:4 _L:6 _L:2 _P:1 L:3 P:1 NUM:4 P:1
        1wwrcwPKPvP
        15 15
        session opened for user <*> by (uid=<*>)
        session opened for user <*> by (uid=<*>)
        session closed for user root
        L:7 _L:6 _L:3 _L:4 _L:4
        1wwrc
        18 18
        session closed for user root
        session closed for user root
        interface eth0 link up
        L:9 _W:4 _L:4 _L:2
        1www
        19 19
        interface eth0 link up
        interface <*> link up
        interface eth1 link up
        L:9 _W:4 _L:4 _L:2
        1www
        19 19
        interface <*> link up
        interface <*> link up
        interface bond0 link down
        L:9 _W:5 _L:4 _L:4
        1www
        22 22
        interface bond0 link down
        interface bond0 link down
        disk sda1 is 91% full
        L:4 _W:4 _L:2 _SIZE:3 _L:4
        1wwvw
        23 23
        disk sda1 is <*> full
        disk sda1 is <*> full
        disk sdb2 is 97% full
        L:4 _W:4 _L:2 _SIZE:3 _L:4
        1wwvw
        24 24
        disk sdb2 is <*> full
        disk sdb2 is <*> full
        retry 3/5 for shard [12]
        L:5 _PATH:3 _L:3 _L:5 _P:1 NUM:2 P:1
        1vwrPvP
        25 25
        retry <*> for shard [<*>]
        retry <*> for shard [<*>]
        retry 4/5 for shard [7]
        L:5 _PATH:3 _L:3 _L:5 _P:1 NUM:1 P:1
        1vwrPvP
        25 25
        retry <*> for shard [<*>]
        retry <*> for shard [<*>]
        queue depth is -1
        L:5 _L:5 _L:2 _NUM:2
        1wwv
        26 26
        queue depth is <*>
        queue depth is <*>
        queue depth is +12.5e3
        L:5 _L:5 _L:2 _NUM:7
        1wwv
        26 26
        queue depth is <*>
        queue depth is <*>
        parse error at line 12, column 7: unexpected '}'
        L:5 _L:5 _L:2 _L:4 _NUM:2 P:1 _L:6 _NUM:1 P:1 _L:10 _P:1 P:1 P:1
        1wwrvPwvPwPPP
        27 27
        parse error at line <*>, column <*>: unexpected '}'
        parse error at line <*>, column <*>: unexpected '}'
        parse error at line 3, column 19: unexpected ']'
        L:5 _L:5 _L:2 _L:4 _NUM:1 P:1 _L:6 _NUM:2 P:1 _L:10 _P:1 P:1 P:1
        1wwrvPwvPwPPP
        28 28
        parse error at line <*>, column <*>: unexpected ']'
        parse error at line <*>, column <*>: unexpected ']'
        loaded 3 plugins: a1b2c3d4e5, ffeeddccbb, 0011223344
        L:6 _NUM:1 _L:7 P:1 _HEX:10 P:1 _L:10 P:1 _NUM:10
        1vwPvPwPv
        29 29
        loaded <*> plugins: <*>, ffeeddccbb, <*>
        loaded <*> plugins: <*>, ffeeddccbb, <*>
        loaded 2 plugins: aa11bb22cc, 99887766ff
        L:6 _NUM:1 _L:7 P:1 _HEX:10 P:1 _HEX:10
        1vwPv
        30 30
        loaded <*> plugins: <*>
        loaded <*> plugins: <*>
        connection from 10.0.0.1 () at Mon Mar  2 10:00:00 2026
        L:10 _L:4 _IP:8 _P:1 P:1 _L:2 _TS:24
        1wvPvPwv
        31 31
        connection from <*> () at <*>:<*>:<*>
        connection from <*> (<*>) at <*>:<*>:<*>
        connection from 10.0.0.2 (h.example.net) at Tue Mar 3 11:30:09 2026
        L:10 _L:4 _IP:8 _P:1 HOST:13 P:1 _L:2 _TS:23
        1wvPvPwv
        31 31
        connection from <*> (<*>) at <*>:<*>:<*>
        connection from <*> (<*>) at <*>:<*>:<*>
        auth failure; logname= uid=0 tty=ssh rhost=
        L:4 _L:7 P:1 _L:7 P:1 _L:3 P:1 NUM:1 _L:3 P:1 L:3 _L:5 P:1
        1wPKPvkPvKPkKPv
        32 32
        auth failure; logname= uid=<*> tty=ssh rhost=
        auth failure; logname= uid=<*> tty=ssh rhost=<*>
        auth failure; logname= uid=0 tty=ssh rhost=1.2.3.4
        L:4 _L:7 P:1 _L:7 P:1 _L:3 P:1 NUM:1 _L:3 P:1 L:3 _L:5 P:1 IP:7
        1wPKPvkPvKPkKPv
        32 32
        auth failure; logname= uid=<*> tty=ssh rhost=<*>
        auth failure; logname= uid=<*> tty=ssh rhost=<*>
        {"level":"info","msg":"started","port":8080}
        P:1 P:1 L:5 P:1 P:1 P:1 L:4 P:1 P:1 P:1 L:3 P:1 P:1 P:1 L:7 P:1 P:1 P:1 L:4 P:1 P:1 NUM:4 P:1
        PPKPPPkPPPKPPPkPPPKPPvP
        33 33
        {"level":"info","msg":"started","port":<*>}
        {"level":"<*>","msg":"<*>","port":<*>}
        {"level":"warn","msg":"slow","port":8081}
        P:1 P:1 L:5 P:1 P:1 P:1 L:4 P:1 P:1 P:1 L:3 P:1 P:1 P:1 L:4 P:1 P:1 P:1 L:4 P:1 P:1 NUM:4 P:1
        PPKPPPkPPPKPPPkPPPKPPvP
        33 33
        {"level":"<*>","msg":"<*>","port":<*>}
        {"level":"<*>","msg":"<*>","port":<*>}
        level=info msg="cache warm" dur=35ms
        L:5 P:1 L:4 _L:3 P:1 P:1 L:5 _L:4 P:1 _L:3 P:1 DUR:4
        1PkKPPwwPKPv
        35 35
        level=info msg="cache warm" dur=<*>
        level=<*> msg="cache warm" dur=<*>
        level=error msg="cache warm" dur=1.2s
        L:5 P:1 L:5 _L:3 P:1 P:1 L:5 _L:4 P:1 _L:3 P:1 DUR:4
        1PkKPPwwPKPv
        35 35
        level=<*> msg="cache warm" dur=<*>
        level=<*> msg="cache warm" dur=<*>
        init() done in 3s
        L:4 P:1 P:1 _L:4 _L:2 _DUR:2
        1PPwwv
        38 38
        init() done in <*>
        init() done in <*>
        jk2_reload() done in 5s
        W:10 P:1 P:1 _L:4 _L:2 _DUR:2
        1PPwwv
        39 39
        jk2_reload() done in <*>
        jk2_reload() done in <*>
        feature darkMode enabled=true
        L:7 _L:8 _L:7 P:1 BOOL:4
        1wKPv
        40 40
        feature darkMode enabled=<*>
        feature darkMode enabled=<*>
        feature darkMode enabled=false
        L:7 _L:8 _L:7 P:1 BOOL:5
        1wKPv
        40 40
        feature darkMode enabled=<*>
        feature darkMode enabled=<*>
        data address............0x00ff12
        L:4 _L:7 P:12 HEX:8
        1wPv
        41 41
        data address............<*>
        data address............<*>
        data address............0x00ab99
        L:4 _L:7 P:12 HEX:8
        1wPv
        41 41
        data address............<*>
        data address............<*>
        mail from ops@example.com queued as 4F2A9B1C
        L:4 _L:4 _EMAIL:15 _L:6 _L:2 _HEX:8
        1wvwwv
        42 42
        mail from <*> queued as <*>
        mail from <*> queued as <*>
        mail from dev@example.org queued as 7C00DDEE
        L:4 _L:4 _EMAIL:15 _L:6 _L:2 _HEX:8
        1wvwwv
        42 42
        mail from <*> queued as <*>
        mail from <*> queued as <*>
        plugin alpha failed to start
        L:6 _L:5 _L:6 _L:2 _L:5
        1wwwr
        43 43
        plugin alpha failed to start
        plugin <*> failed to start
        plugin beta failed to start
        L:6 _L:4 _L:6 _L:2 _L:5
        1wwwr
        44 43
        plugin beta failed to start
        plugin <*> failed to start
        plugin gamma failed to start
        L:6 _L:5 _L:6 _L:2 _L:5
        1wwwr
        45 43
        plugin gamma failed to start
        plugin <*> failed to start
        plugin delta failed to start
        L:6 _L:5 _L:6 _L:2 _L:5
        1wwwr
        46 43
        plugin delta failed to start
        plugin <*> failed to start
        plugin epsilon failed to start
        L:6 _L:7 _L:6 _L:2 _L:5
        1wwwr
        43 43
        plugin <*> failed to start
        plugin <*> failed to start
        plugin zeta failed to start
        L:6 _L:4 _L:6 _L:2 _L:5
        1wwwr
        43 43
        plugin <*> failed to start
        plugin <*> failed to start
        nodes n1 n2 n3 n4 joined
        L:5 _W:2 _W:2 _W:2 _W:2 _L:6
        1vw
        49 49
        nodes <*> joined
        nodes <*> joined
        nodes n7 n8 joined
        L:5 _W:2 _W:2 _L:6
        1vw
        49 49
        nodes <*> joined
        nodes <*> joined
        Ünïcode naïve café 12
        L:9 _L:6 _L:5 _NUM:2
        1wwv
        50 50
        Ünïcode naïve café <*>
        Ünïcode naïve café <*>
        Ünïcode naïve café 13
        L:9 _L:6 _L:5 _NUM:2
        1wwv
        50 50
        Ünïcode naïve café <*>
        Ünïcode naïve café <*>



        51 51


        !!!
        P:1 P:1 P:1
        PPP
        52 52
        !!!
        !!!
        ok
        L:2
        1
        53 53
        ok
        ok
        """#
}
