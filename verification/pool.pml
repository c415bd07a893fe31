/* SPDX-License-Identifier: MIT
 *
 * pool.pml: a model of csrc/pool.c for Spin, at the level of its mutex and the wait sets of
 * its two conditions.  A process that waits has left the mutex and stands in a set; a signal
 * takes one out of it, whichever, a broadcast all; who was taken out has to get the mutex
 * again before it looks.  So a wake-up that nobody was there for is lost here as it is there.
 *
 * The steps are numbered as the functions of pool.c have them; replay.py checks traces of the
 * real pool against the same rules.  What a macro BREAK_* leaves out or changes is a mutant
 * that run.sh expects to fail.
 */
#ifndef WORKERS
#define WORKERS 2
#endif
#ifndef SLOTS
#define SLOTS 2
#endif
#ifndef PIECES
#define PIECES 4
#endif
/* The source is hungry before this piece, and has a fault as this piece; PIECES + 1: never. */
#ifndef HUNGRY
#define HUNGRY 2
#endif
#ifndef FAULT
#define FAULT (PIECES + 1)
#endif

/* What run() adds to a piece. */
#define MADE 100

#define NOBODY 255
#define CONSUMER WORKERS
#define STOPPER (WORKERS + 1)

byte holder = NOBODY;              /* of the mutex */
bool in_room[WORKERS];             /* who waits for room */
bool in_ready;                     /* whether the consumer waits for what is ready */

byte taken, given;
bool is_done[SLOTS];
bool taking, hungry, ended, stopped;

/* What is in the slots, and what only the source knows. */
byte value[SLOTS];
bool fed = false;
bool woken = false;                /* wake() was called */
bool blocks = false;               /* a take waits for the outside until then */
bool faulty = false;               /* nothing follows a fault: `over` in pipeline.c */

/* What the properties speak of. */
byte seen = 0;                     /* pieces that the consumer has had */
byte takers = 0;
bool heard_fault = false, joined = false;
byte threads = WORKERS;

#define lock(who) atomic { holder == NOBODY -> holder = who }
#define unlock() holder = NOBODY

/* One of those who wait for room, if there is one. */
inline signal_room() {
    if
    :: in_room[0] -> in_room[0] = false
    :: in_room[1] -> in_room[1] = false
#if WORKERS > 2
    :: in_room[2] -> in_room[2] = false
#endif
    :: else
    fi
}

inline broadcast_room() {
    in_room[0] = false;
    in_room[1] = false;
#if WORKERS > 2
    in_room[2] = false;
#endif
}

inline signal_ready() {
    in_ready = false
}

#define full (taken - given == SLOTS)
#ifdef BREAK_BOUND
#define has_room true
#else
#define has_room (!full)
#endif

proctype worker(byte me) {
    byte slot, status;

    lock(me);
    do
    :: stopped || ended -> break
    :: else ->
        if
        :: taking || hungry || !has_room ->
            /* pthread_cond_wait: into the set and out of the mutex in one step */
#ifdef BREAK_WAIT_ROOM
            unlock();
            in_room[me] = true;
#else
            atomic { in_room[me] = true; unlock() }
#endif
            atomic { !in_room[me] && holder == NOBODY -> holder = me }
        :: else ->
            /* take() */
            slot = taken % SLOTS;
            assert(taken - given < SLOTS);          /* the bound */
#ifndef BREAK_TAKING
            taking = true;
#endif
            unlock();
            takers++;
            assert(takers == 1);                    /* one at a time */
            if
            :: blocks ->
#ifndef BREAK_WAKE
                woken;
#else
                false;
#endif
                status = 1
            :: else ->
                if
                :: taken == PIECES || faulty -> status = 1   /* MRRC_END */
                :: else ->
                    if
                    :: taken == HUNGRY && !fed -> status = 3            /* MRRC_MORE */
                    :: else -> value[slot] = taken; status = 0;
                        faulty = (taken == FAULT)
                    fi
                fi
            fi;
            takers--;
            lock(me);
            taking = false;
            if
            :: status == 0 ->
                taken++;
#ifndef BREAK_SIGNAL_TAKEN
                signal_room();
#endif
                unlock();
#ifdef BESIDE
                /* run() of the first piece lasts until there is another one */
                if
                :: value[slot] == 0 -> taken >= 2 || stopped
                :: else
                fi;
#endif
                value[slot] = value[slot] + MADE;
                lock(me);
                is_done[slot] = true;
#ifndef BREAK_SIGNAL_READY
                if
                :: slot == given % SLOTS -> signal_ready()
                :: else
                fi
#endif
            :: status == 3 ->
                hungry = true;
                broadcast_room();
#ifndef BREAK_SIGNAL_HUNGRY
                signal_ready()
#endif
            :: else ->
                ended = true;
#ifndef BREAK_BROADCAST_END
                broadcast_room();
#endif
#ifndef BREAK_SIGNAL_END
                signal_ready()
#endif
            fi
        fi
    od;
    threads--;
    unlock()
}


/* look(): what there is for the consumer.  The mutex is held. */
#define OK 0
#define END 1
#define MORE 3
#define WAITING 6
#define CLOSED 7

inline look(status) {
    if
    :: stopped -> status = CLOSED
    :: else ->
        if
        :: hungry -> status = MORE
#ifdef BREAK_END_FIRST
        :: !hungry && ended -> status = END
        :: !hungry && !ended && given < taken && is_done[given % SLOTS] -> status = OK
        :: !hungry && !ended && !(given < taken && is_done[given % SLOTS]) -> status = WAITING
#else
        :: !hungry && given < taken ->
            if
#ifdef BREAK_DONE
            :: true -> status = OK
#else
            :: is_done[given % SLOTS] -> status = OK
            :: else -> status = WAITING
#endif
            fi
        :: !hungry && given == taken ->
            if
            :: ended -> status = END
            :: else -> status = WAITING
            fi
#endif
        fi
    fi
}

proctype consumer() {
    byte status;

    do
    :: /* mrrci_pool_wait(), with a time or without */
        lock(CONSUMER);
        look(status);
        do
        :: status == WAITING ->
#ifdef BREAK_WAIT_READY
            unlock();
            in_ready = true;
#else
            atomic { in_ready = true; unlock() }
#endif
            atomic { !in_ready && holder == NOBODY -> holder = CONSUMER }
#ifdef BREAK_LOOK_AGAIN
            status = OK
#else
            look(status)
#endif
#ifdef TIMEOUTS
        :: status == WAITING -> break
#endif
        :: else -> break
        od;
        unlock();
        if
        :: status == OK ->
            assert(value[given % SLOTS] == seen + MADE); /* in order, each once, and done */
            assert(!heard_fault);                   /* nothing behind a fault */
            heard_fault = (seen == FAULT);
            seen++;
            /* mrrci_pool_give_back() */
            lock(CONSUMER);
#ifndef BREAK_CLEAR
            is_done[given % SLOTS] = false;
#endif
            given++;
#ifndef BREAK_SIGNAL_GIVEN
            signal_room();
#endif
            unlock()
        :: status == MORE ->
            /* mrrci_pool_fed() */
            fed = true;
            lock(CONSUMER);
            hungry = false;
#ifndef BREAK_BROADCAST_FED
            broadcast_room();
#endif
            unlock()
        :: status == WAITING -> skip                /* the time is over: asks again */
        :: status == END ->
            assert(ended && taken == given);
            assert(seen == PIECES || heard_fault || blocks); /* all of them */
            break
        :: status == CLOSED ->
            assert(stopped);
            break
        fi
    od;
#ifdef ALONE
    threads == 0;               /* behind the end, or a stop, nobody has to tell the threads */
#endif
    /* mrrci_pool_end() */
    lock(CONSUMER);
    stopped = true;
    broadcast_room();
    signal_ready();
    unlock();
    woken = true;
    threads == 0;                                   /* pthread_join */
    joined = true
}

/* mrrci_pool_stop() by a third thread, at any time, or not at all. */
proctype stopper() {
    if
    :: true ->
        lock(STOPPER);
        stopped = true;
#ifndef BREAK_BROADCAST_STOP
        broadcast_room();
#endif
#ifndef BREAK_READY_STOP
        signal_ready();
#endif
        unlock();
        woken = true
#ifndef BLOCKS
    :: true
#endif
    fi
}

#ifdef FAIRLY
/* With fair turns it comes to an end: nobody runs for ever for nothing. */
ltl ends { <> joined }
#endif

init {
    atomic {
        byte i = 0;
#ifdef BLOCKS
        blocks = true;
#endif
        do
        :: i < WORKERS -> run worker(i); i++
        :: else -> break
        od;
        run consumer();
#ifdef STOPS
        run stopper()
#endif
    }
}
