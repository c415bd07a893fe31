/* SPDX-License-Identifier: MIT
 *
 * rwlock.pml: a model of mrrc/concurrency/read_write.py for Spin, at the level of its mutex and
 * the wait sets of its two conditions.  A thread that waits has left the mutex and stands in a
 * set; a notify takes one out of it, whichever, a notify_all all; who was taken out has to get
 * the mutex again before it looks.  A notify that nobody is there for is lost.
 *
 * The last GIVES_UP threads, writers before readers, may leave their set at any time, by a timeout
 * or an interrupt, also when they have just been notified, and do not go on as one that was.  Those
 * who cannot have to be told.
 *
 * The steps are those of _acquire, release_read, release_write and _hand_on.  What a macro
 * BREAK_* leaves out or changes is a mutant that run.sh expects to fail.
 */
#ifndef READERS
#define READERS 2
#endif
#ifndef WRITERS
#define WRITERS 2
#endif
/* How often each takes the lock. */
#ifndef TURNS
#define TURNS 1
#endif
#ifndef GIVES_UP
#define GIVES_UP 0
#endif

#define THREADS (READERS + WRITERS)
#define NOBODY 255

byte holder = NOBODY;              /* of the mutex */
/* Who waits: for room to read, and behind those who wait for room to write. */
bool waits[2 * THREADS];
#define TO_READ 0
#define TO_WRITE THREADS

/* The attributes of the lock. */
byte depth[THREADS];               /* _readers: how often each holds it to read */
byte readers = 0;                  /* len(_readers) */
byte writer = NOBODY;
byte waiting = 0;

/* What the properties speak of. */
byte reading = 0, writing = 0;     /* threads within */
byte alive = THREADS;
bool all_done = false;
bool gave_up = false;              /* somebody waited in vain */
byte read_done = 0, write_done = 0;
byte begun = 0;                    /* readers that were within, or gave up */

#define lock(who) atomic { holder == NOBODY -> holder = who }
#define unlock() holder = NOBODY

inline notify_all_readers() {
    atomic {
        other = 0;
        do
        :: other < THREADS -> waits[TO_READ + other] = false; other++
        :: else -> break
        od;
        other = 0
    }
}

/* One of a set, any of them, if there is one. */
inline notify_one(set) {
    atomic {
        if
        :: waits[set + 0] -> waits[set + 0] = false
        :: waits[set + 1] -> waits[set + 1] = false
#if READERS + WRITERS > 2
        :: waits[set + 2] -> waits[set + 2] = false
#endif
#if READERS + WRITERS > 3
        :: waits[set + 3] -> waits[set + 3] = false
#endif
        :: else
        fi
    }
}

/* _hand_on(); the mutex is held. */
inline hand_on() {
    if
    :: writer != NOBODY
    :: writer == NOBODY && waiting == 0 ->
#ifdef BREAK_NOTIFY_ONE_READER
        notify_one(TO_READ)
#else
#ifndef BREAK_NOTIFY_READERS
        notify_all_readers()
#else
        skip
#endif
#endif
    :: writer == NOBODY && waiting > 0 ->
        if
        :: readers == 0 ->
#ifndef BREAK_NOTIFY_WRITER
            notify_one(TO_WRITE)
#else
            skip
#endif
        :: else
        fi
    fi
}

/* Condition.wait: into the set and out of the mutex in one step, later back into the mutex. */
inline wait(set) {
#ifdef BREAK_WAIT
    unlock();
    waits[set + me] = true;
#else
    atomic { waits[set + me] = true; unlock() }
#endif
    if
    :: atomic { !waits[set + me] && holder == NOBODY -> holder = me }
#if GIVES_UP > 0
    :: atomic { me >= THREADS - GIVES_UP && holder == NOBODY -> holder = me; waits[set + me] = false; failed = true }
#endif
    fi
}

/* acquire_read of one that holds nothing. */
inline take_to_read() {
    lock(me);
    do
#ifdef BREAK_PREFERENCE
    :: writer != NOBODY ->
#else
    :: writer != NOBODY || waiting > 0 ->
#endif
        wait(TO_READ);
        if
        :: failed -> break
#ifdef BREAK_LOOK_AGAIN
        :: else -> atomic { depth[me] = 1; readers++ }; break
#else
        :: else
#endif
        fi
    :: else ->
        atomic {
            assert(waiting == 0);               /* writers go first */
            depth[me] = 1;
            readers++
        };
        break
    od;
    unlock()
}

/* acquire_read of one that reads, or writes, already. */
inline take_again() {
#ifdef BREAK_AGAIN
    lock(me);
    do
    :: waiting > 0 -> wait(TO_READ)
    :: else -> break
    od;
    depth[me]++;
    unlock()
#else
    depth[me]++
#endif
}

inline give_back_read() {
    lock(me);
    assert(depth[me] > 0);
    depth[me]--;
    if
    :: depth[me] == 0 ->
        readers--;
#ifndef BREAK_HAND_ON_READ
        hand_on()
#endif
    :: else
    fi;
    unlock()
}

inline take_to_write() {
    lock(me);
    waiting++;
    do
    :: writer != NOBODY || readers > 0 ->
        wait(TO_WRITE);
        if
        :: failed -> break
#ifdef BREAK_LOOK_AGAIN
        :: else -> writer = me; break
#else
        :: else
#endif
        fi
    :: else ->
        writer = me;
        break
    od;
    waiting--;
    if
    :: failed ->
#ifndef BREAK_HAND_ON_FAILED
        hand_on()
#endif
    :: else
    fi;
    unlock()
}

inline give_back_write() {
    lock(me);
    assert(writer == me);
    writer = NOBODY;
#ifndef BREAK_HAND_ON_WRITE
    hand_on();
#endif
    unlock()
}

#define AGAIN \
    take_again(); \
    give_back_read()

proctype read(byte me) {
    byte turn = 0, other = 0;
    bool failed;

    do
    :: turn < TURNS ->
        turn++;
        failed = false;
        take_to_read();
        if
        :: failed -> atomic { gave_up = true; begun++ }
        :: else ->
            atomic { reading++; assert(writing == 0); begun++ };
#ifdef BESIDE
            /* it reads until all do, unless a writer waits for it */
            begun == READERS || waiting > 0;
#endif
#ifdef AGAIN_TOO
            AGAIN;
#endif
            atomic { assert(writing == 0); reading-- };
#ifdef BREAK_UPGRADE
            take_to_write();
            give_back_write();
#endif
            give_back_read();
            read_done++
        fi
    :: else -> break
    od;
    alive--
}

proctype write(byte me) {
    byte turn = 0, other = 0;
    bool failed;

    do
    :: turn < TURNS ->
        turn++;
        failed = false;
        take_to_write();
        if
        :: failed -> gave_up = true
        :: else ->
            atomic { writing++; assert(writing == 1 && reading == 0) };
#ifdef GOES_ON_READING
            /* what it takes to read it keeps, when it gives the writing back */
            atomic { depth[me] = 1; readers++ };
            atomic { writing--; reading++ };
            give_back_write();
            atomic { assert(writing == 0); reading-- };
            give_back_read();
#else
            atomic { assert(reading == 0); writing-- };
            give_back_write();
#endif
            write_done++
        fi
    :: else -> break
    od;
    alive--
}

/* When all are through, nothing is held, and nobody was left out. */
active proctype watcher() {
    alive == 0;
    assert(readers == 0 && writer == NOBODY && waiting == 0 && holder == NOBODY);
    assert(gave_up || (read_done == READERS * TURNS && write_done == WRITERS * TURNS));
    all_done = true
}

#ifdef FAIRLY
/* With fair turns it comes to an end: nobody waits for ever, and nobody runs for nothing. */
ltl ends { <> all_done }
#endif

init {
    atomic {
        byte i = 0;
        do
        :: i < READERS -> run read(i); i++
        :: i >= READERS && i < THREADS -> run write(i); i++
        :: else -> break
        od
    }
}
